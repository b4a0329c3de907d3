"""ETL in a line, parted and rejoined, fanned out: structure, results, and what a bad day does to the tables."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck import Fails, Returns
from dagcheck.assertions import assert_dependencies, assert_schedule, assert_task

if TYPE_CHECKING:
    from dagcheck.running.result import Run

DAY = "2024-03-05"
PRICES = {"chair": 4_900, "desk": 24_900, "lamp": 1_950, "shelf": 7_500}
LAMP = {"order_id": "1", "region": "eu-west", "product": "lamp", "quantity": 1, "refund": 0}


def table(store: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(store / "warehouse.sqlite")) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def orders(module_of: Callable[[str], ModuleType]) -> list[dict[str, Any]]:
    """The orders of DAY."""
    found: list[dict[str, Any]] = module_of("etl_basics").orders_of(datetime.date(2024, 3, 5))
    return found


@pytest.mark.pattern("E1")
def test_the_first_etl_has_three_steps_and_its_defaults(dagbag: Any) -> None:
    assert_dependencies("etl_basics", "extract >> transform >> load")
    assert_schedule("etl_basics", "0 0 * * *", timezone="Europe/Amsterdam", start_date="2024-01-01", catchup=False)
    for task_id in ("extract", "transform", "load"):
        assert_task(
            "etl_basics", task_id, owner="sales-data", retries=2, retry_delay=datetime.timedelta(minutes=5),
            execution_timeout=datetime.timedelta(minutes=30),
        )  # fmt: skip
    spec = dagbag.specs["etl_basics"]
    assert (spec.tags, spec.documented) == (("authoring", "reference"), True)
    assert spec.description == "Each day's sales by product, from the order system to the warehouse"


@pytest.mark.pattern("E1")
def test_the_day_is_loaded_as_it_was_sold(
    same_with_airflow: Callable[..., Run], store: Path, orders: list[dict[str, Any]]
) -> None:
    assert same_with_airflow("etl_basics", DAY).success
    sold = {
        product: sum(one["quantity"] * price for one in orders if one["product"] == product and not one["refund"])
        for product, price in PRICES.items()
    }
    assert dict(table(store, "SELECT product, cents FROM daily_sales WHERE day = '2024-03-05'")) == sold


@pytest.mark.pattern("E1")
def test_a_day_that_runs_twice_is_there_once_and_leaves_the_others_alone(
    run_dag: Callable[..., Run], store: Path
) -> None:
    for day in (DAY, "2024-03-06", DAY):
        run_dag("etl_basics", day)
    assert table(store, "SELECT day, count(*) FROM daily_sales GROUP BY day") == [("2024-03-05", 4), ("2024-03-06", 4)]


@pytest.mark.pattern("E1")
def test_a_source_that_comes_back_is_tried_again(run_dag: Callable[..., Run], store: Path) -> None:
    run = run_dag("etl_basics", DAY, outcomes={"extract": Fails(ConnectionError("down"), times=2)})
    assert [one.state for one in run.tries["extract"]] == ["up_for_retry", "up_for_retry", "success"]
    first, second = (after.start - before.end for before, after in pairwise(run.tries["extract"]))
    assert first == second == datetime.timedelta(minutes=5)
    assert len(table(store, "SELECT * FROM daily_sales")) == 4


@pytest.mark.pattern("B3")
def test_three_analyses_fan_out_and_in() -> None:
    assert_dependencies("fan_out_fan_in", "start >> [by_region, by_product, refund_rate] >> consolidate")


@pytest.mark.pattern("B3")
def test_the_join_has_what_all_branches_found(
    same_with_airflow: Callable[..., Run], orders: list[dict[str, Any]]
) -> None:
    run = same_with_airflow("fan_out_fan_in", DAY)
    report = run.xcom("consolidate")
    assert report["cents"] == sum(PRICES[one["product"]] * one["quantity"] - one["refund"] for one in orders)
    assert report["refunded"] == len([one for one in orders if one["refund"]]) / len(orders)
    assert report["best"] == max(run.xcom("by_product").items(), key=lambda item: item[1])[0]


@pytest.mark.pattern("B3")
@pytest.mark.parametrize("branch", ["by_region", "by_product", "refund_rate"])
def test_one_branch_that_fails_stops_the_join_and_not_its_neighbours(run_dag: Callable[..., Run], branch: str) -> None:
    run = run_dag("fan_out_fan_in", DAY, outcomes={branch: Fails()})
    others = {"by_region", "by_product", "refund_rate"} - {branch}
    assert {run.state(other) for other in others} == {"success"}
    assert (run.state("consolidate"), run.state) == ("upstream_failed", "failed")


@pytest.mark.pattern("B4")
def test_a_line_and_a_line_that_parts_and_rejoins() -> None:
    assert_dependencies("linear_pipeline", "extract >> transform >> validate >> load")
    assert_dependencies("rejoining_pipeline", "extract >> [sales, refunds] >> merge >> load")


@pytest.mark.pattern("B4")
@pytest.mark.parametrize("dag_id", ["linear_pipeline", "rejoining_pipeline"])
def test_the_amounts_arrive(
    same_with_airflow: Callable[..., Run], store: Path, orders: list[dict[str, Any]], dag_id: str
) -> None:
    assert same_with_airflow(dag_id, DAY).success
    refunds = dag_id == "rejoining_pipeline"
    expected = {
        one["order_id"]: one["quantity"] * PRICES[one["product"]] - refunds * one["refund"]
        for one in orders
        if one["quantity"]
    }
    assert dict(table(store, "SELECT order_id, cents FROM amounts")) == expected


@pytest.mark.pattern("B4")
def test_sales_that_are_not_positive_leave_the_table_as_it_was(run_dag: Callable[..., Run], store: Path) -> None:
    run_dag("linear_pipeline", DAY)
    before = table(store, "SELECT * FROM amounts")
    run = run_dag(
        "linear_pipeline", DAY, outcomes={"extract": Returns([LAMP, {**LAMP, "order_id": "2", "quantity": -1}])}
    )
    assert "positive: 2" in run.errors["validate"].message
    assert run.state("load") == "upstream_failed"
    assert table(store, "SELECT * FROM amounts") == before != []


@pytest.mark.pattern("B4")
def test_a_refund_without_a_sale_stops_the_merge(run_dag: Callable[..., Run], store: Path) -> None:
    del store
    stray = {**LAMP, "order_id": "2", "quantity": 0, "refund": 1_950}
    run = run_dag("rejoining_pipeline", DAY, outcomes={"extract": Returns([LAMP, stray])})
    assert "without a sale: 2" in run.errors["merge"].message
    assert (run.state("sales"), run.state("refunds"), run.state("load")) == ("success", "success", "upstream_failed")


@pytest.mark.pattern("B4")
def test_both_sides_of_the_parted_line_are_tried_alone(run_dag: Callable[..., Run], store: Path) -> None:
    del store
    run = run_dag("rejoining_pipeline", DAY, outcomes={"refunds": Fails(times=1)})
    assert (len(run.tries["refunds"]), len(run.tries["sales"]), bool(run.success)) == (2, 1, True)
