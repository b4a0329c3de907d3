"""Task groups: dependencies between groups, factories, nesting, and what replaces a SubDAG."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck import Fails, Returns
from dagcheck.assertions import assert_dependencies, assert_downstream, assert_group, assert_order, assert_upstream
from dagcheck.errors import UsageError

if TYPE_CHECKING:
    from dagcheck.running.result import Run

DAY = "2024-03-05"
STEPS = ["extract", "quality_check", "transform", "load", "validate"]


def table(store: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(store / "warehouse.sqlite")) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.pattern("B1")
def test_a_stage_starts_when_every_task_of_the_one_before_is_done() -> None:
    assert_dependencies("group_dependencies", "start >> ingest >> checks >> publish >> done", partial=True)
    for task_id in ("publish.net_revenue", "publish.best_sellers"):
        assert_upstream("group_dependencies", task_id, {"checks.unique", "checks.refunds_belong", "ingest.orders"})
    assert_downstream("group_dependencies", "start", {"ingest.orders", "ingest.refunds"})
    assert_upstream("group_dependencies", "done", {"publish.net_revenue", "publish.best_sellers"})


@pytest.mark.pattern("B1")
def test_the_stages_run_one_after_the_other(same_with_airflow: Callable[..., Run]) -> None:
    run = same_with_airflow("group_dependencies", DAY)
    assert run.success
    stages = [task_id.rpartition(".")[0] for task_id in run.order]
    assert stages == ["", "ingest", "ingest", "checks", "checks", "publish", "publish", ""]


@pytest.mark.pattern("B1")
def test_one_check_that_fails_holds_back_the_whole_next_stage(run_dag: Callable[..., Run]) -> None:
    order = {"order_id": "1", "region": "eu-west", "product": "lamp", "quantity": 1, "refund": 0}
    run = run_dag("group_dependencies", DAY, outcomes={"ingest.orders": Returns([order, order])})
    assert run.state("checks.unique") == "failed"
    assert "twice: 1" in run.errors["checks.unique"].message
    assert {run.state(task_id) for task_id in ("publish.net_revenue", "publish.best_sellers", "done")} == {
        "upstream_failed"
    }


@pytest.mark.pattern("B12")
def test_the_tasks_of_a_group_are_named_with_or_without_its_prefix() -> None:
    assert_group("group_dependencies", "checks", {"unique", "refunds_belong"})
    assert_group("group_dependencies", "checks", {"checks.unique", "checks.refunds_belong"})


@pytest.mark.pattern("B12")
def test_a_task_that_the_group_does_not_have_is_told() -> None:
    with pytest.raises((AssertionError, UsageError), match="refunds_belong"):
        assert_group("group_dependencies", "checks", {"unique"})
    with pytest.raises((AssertionError, UsageError), match="extract"):
        assert_group("group_dependencies", "checks", {"unique", "refunds_belong", "extract"})


@pytest.mark.pattern("B12")
def test_a_group_is_tested_without_the_dag_that_uses_it(
    dag_maker: Callable[..., Any], module_of: Callable[[str], ModuleType]
) -> None:
    with dag_maker("alone") as dag:
        module_of("group_factory").etl_group("regions")
    assert_group(dag, "regions_etl", set(STEPS))


@pytest.mark.pattern("D5")
@pytest.mark.parametrize("entity", ["products", "regions", "orders"])
def test_each_entity_has_the_five_steps_in_order(entity: str) -> None:
    assert_group("group_factory", f"{entity}_etl", set(STEPS))
    assert_order("group_factory", *(f"{entity}_etl.{step}" for step in STEPS))


@pytest.mark.pattern("D5")
def test_orders_wait_for_products_and_regions() -> None:
    assert_dependencies("group_factory", "start >> [products_etl, regions_etl] >> orders_etl >> end", partial=True)
    assert_upstream("group_factory", "orders_etl.extract", {"products_etl.validate", "regions_etl.validate"})


@pytest.mark.pattern("D5")
def test_the_warehouse_holds_what_the_source_had(same_with_airflow: Callable[..., Run], store: Path) -> None:
    assert same_with_airflow("group_factory", DAY).success
    assert table(store, "SELECT key FROM entities WHERE entity = 'products' ORDER BY 1") == [
        ("chair",), ("desk",), ("lamp",), ("shelf",),
    ]  # fmt: skip
    (content,) = table(store, "SELECT content FROM entities WHERE entity = 'orders' LIMIT 1")[0]
    order = json.loads(content)
    prices = {"chair": 4_900, "desk": 24_900, "lamp": 1_950, "shelf": 7_500}
    assert order["cents"] == prices[order["product"]] * order["quantity"] > 0


@pytest.mark.pattern("D5")
def test_a_second_run_adds_nothing(run_dag: Callable[..., Run], store: Path) -> None:
    run_dag("group_factory", DAY)
    before = table(store, "SELECT * FROM entities ORDER BY entity, key")
    run_dag("group_factory", DAY)
    assert table(store, "SELECT * FROM entities ORDER BY entity, key") == before


@pytest.mark.pattern("D5")
@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "regions: no rows"),
        ([{"region": "eu-west"}, {"region": "eu-west"}], "region eu-west stands twice"),
        ([{"region": ""}], "1 rows without region"),
    ],
)
def test_bad_rows_stop_their_group_and_those_that_need_it(
    run_dag: Callable[..., Run], store: Path, rows: list[dict[str, str]], problem: str
) -> None:
    file = store / "regions.raw.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    run = run_dag("group_factory", DAY, outcomes={"regions_etl.extract": Returns(str(file))})
    assert problem in run.errors["regions_etl.quality_check"].message
    assert run.state("regions_etl.load") == "upstream_failed"
    assert run.state("products_etl.validate") == "success"
    assert run.state("orders_etl.extract") == run.state("end") == "upstream_failed"


@pytest.mark.pattern("D5")
def test_rows_that_did_not_arrive_are_noticed(run_dag: Callable[..., Run], store: Path) -> None:
    del store
    run = run_dag("group_factory", DAY, outcomes={"products_etl.load": Returns(5)})
    assert run.state("products_etl.validate") == "failed"


@pytest.mark.pattern("C8")
def test_nested_groups_are_wired_at_their_own_level() -> None:
    assert_dependencies(
        "nested_groups",
        """
        read_orders >> processing_tasks >> announce
        processing_tasks.validate_data >> processing_tasks.transform_tasks >> processing_tasks.load_tasks
        """,
        partial=True,
    )
    assert_upstream(
        "nested_groups", "announce", {f"processing_tasks.load_tasks.{one}" for one in ("load_orders", "load_totals")}
    )


@pytest.mark.pattern("C8")
def test_each_level_prefixes_the_ids(dagbag: Any) -> None:
    prefix = "processing_tasks"
    assert set(dagbag.specs["nested_groups"].task_ids) == {
        "read_orders", "announce", f"{prefix}.validate_data", f"{prefix}.transform_tasks.normalise",
        f"{prefix}.transform_tasks.deduplicate", f"{prefix}.load_tasks.load_orders", f"{prefix}.load_tasks.load_totals",
    }  # fmt: skip
    assert dagbag.specs["nested_groups"].group_parents == (
        (f"{prefix}.transform_tasks", prefix), (f"{prefix}.load_tasks", prefix),
    )  # fmt: skip


@pytest.mark.pattern("C8")
def test_what_is_loaded_has_no_order_twice_and_none_cancelled(
    same_with_airflow: Callable[..., Run], run_dag: Callable[..., Run], store: Path
) -> None:
    assert same_with_airflow("nested_groups", DAY).success
    order = {"order_id": "1", "region": "eu-west", "product": "lamp", "quantity": 2, "refund": 0}
    orders = [order, {**order, "quantity": 3}, {**order, "order_id": "2", "quantity": 0}]
    run = run_dag("nested_groups", DAY, outcomes={"read_orders": Returns(orders)})
    assert run.xcom("processing_tasks.load_tasks.load_totals") == {"lamp": 2, "cents": 3_900}
    assert table(store, "SELECT order_id, quantity FROM nested_orders") == [("1", 2)]


@pytest.mark.pattern("C8")
def test_an_unknown_region_stops_the_inner_groups(run_dag: Callable[..., Run]) -> None:
    order = {"order_id": "1", "region": "atlantis", "product": "lamp", "quantity": 2, "refund": 0}
    run = run_dag("nested_groups", DAY, outcomes={"read_orders": Returns([order])})
    assert "atlantis" in run.errors["processing_tasks.validate_data"].message
    assert run.state("processing_tasks.load_tasks.load_orders") == run.state("announce") == "upstream_failed"


@pytest.mark.pattern("C7", "E15")
def test_a_group_stands_where_the_subdag_stood() -> None:
    assert_dependencies(
        "group_instead_of_subdag",
        """
        start >> stocktaking >> end
        stocktaking.collect >> [stocktaking.count_sold, stocktaking.count_returned]
        """,
    )


@pytest.mark.pattern("C7", "E15")
def test_the_group_runs_with_its_dag(same_with_airflow: Callable[..., Run], store: Path) -> None:
    run = same_with_airflow("group_instead_of_subdag", DAY)
    assert run.success
    orders = json.loads((store / "stocktaking_2024-03-05.json").read_text(encoding="utf-8"))
    assert run.xcom("stocktaking.count_sold") == sum(order["quantity"] for order in orders)
    assert run.xcom("stocktaking.count_returned") < run.xcom("stocktaking.count_sold")


@pytest.mark.pattern("C7", "E15")
def test_a_step_that_fails_fails_the_group_for_what_follows(run_dag: Callable[..., Run], store: Path) -> None:
    del store
    run = run_dag("group_instead_of_subdag", DAY, outcomes={"stocktaking.count_sold": Fails()})
    assert (run.state("stocktaking.count_returned"), run.state("end")) == ("success", "upstream_failed")
