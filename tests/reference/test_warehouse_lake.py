"""The data lake, on S3."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

from dagcheck import Fails

if TYPE_CHECKING:
    from dagcheck.hooks.s3.mock import MockS3
    from dagcheck.running.result import Run

DAY = "2024-03-05"


@pytest.mark.pattern("E13", how="S3")
def test_a_day_goes_through_the_zones_of_the_lake(mock_s3: MockS3, same_with_airflow: Callable[..., Run]) -> None:
    from common.shop import orders_of

    mock_s3.seed("shop-lake")
    run = same_with_airflow("data_lake", DAY)
    orders = orders_of(date.fromisoformat(DAY))
    assert run.xcom("clean") == {"good": len(orders), "bad": 0}
    assert sum(run.xcom("aggregate").values()) == sum(order["quantity"] for order in orders)
    entry = json.loads(mock_s3.read("shop-lake", f"catalogue/orders/{DAY}.json"))
    assert {f"s3://shop-lake/{key}" for key in entry["zones"].values()} <= mock_s3.objects.keys()


@pytest.mark.pattern("E13", how="S3")
def test_lines_that_cannot_be_used_are_kept_and_counted(mock_s3: MockS3, run_dag: Callable[..., Run]) -> None:
    raw = ['{"product": "lamp", "quantity": 2}', "{", '{"product": "sofa", "quantity": 1}', "[]", '{"product": "lamp"}']
    mock_s3.seed("shop-lake", {f"raw/orders/day={DAY}/part-0.jsonl": "\n".join(raw)})
    run = run_dag("data_lake", DAY)
    assert run.xcom("clean") == {"good": 1, "bad": 4}
    assert run.xcom("aggregate")["lamp"] == 2
    assert mock_s3.read("shop-lake", f"quarantine/orders/day={DAY}/part-0.jsonl").decode().splitlines() == raw[1:]


@pytest.mark.pattern("E13", how="S3")
def test_a_day_that_did_not_get_ready_is_not_in_the_catalogue(mock_s3: MockS3, run_dag: Callable[..., Run]) -> None:
    mock_s3.seed("shop-lake")
    assert run_dag("data_lake", "2024-03-04").xcom("catalogue") == ["2024-03-04"]
    run = run_dag("data_lake", DAY, outcomes={"aggregate": Fails(MemoryError("killed"))})
    assert run.state("catalogue") == "upstream_failed"
    assert run_dag("data_lake", "2024-03-06").xcom("catalogue") == ["2024-03-04", "2024-03-06"]
