"""The team's own task factory for data-quality checks, on a real PostgreSQL, and what several DAGs share."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck.assertions import assert_task

if TYPE_CHECKING:
    from dagcheck.dagbag import DagBag
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

RunDag = Callable[..., "Run"]
DAY = datetime.date(2024, 1, 31)
CHECKS = ("check_has_orders", "check_order_ids", "check_products")
LOOSE = "ALTER TABLE shop_orders DROP CONSTRAINT shop_orders_pkey; ALTER TABLE shop_orders ALTER product DROP NOT NULL"
ON_POSTGRES = pytest.mark.pattern("E5", how="PostgreSQL")


def order(order_id: str, product: str | None = "desk", day: datetime.date = DAY) -> dict[str, Any]:
    return {"order_id": order_id, "day": day, "region": "eu-west", "product": product, "quantity": 1, "refund": 0}


@ON_POSTGRES
@pytest.mark.parametrize(
    ("orders", "failing"),
    [
        ([order("a"), order("b")], set()),
        ([], {"check_has_orders"}),
        ([order("a"), order("a")], {"check_order_ids"}),
        ([order("a"), order("b", None)], {"check_products"}),
        ([order("a", None), order("a")], {"check_order_ids", "check_products"}),
        ([order("a"), order("b", None, DAY - datetime.timedelta(days=1))], set()),
    ],
    ids=["good", "empty", "twice", "null", "twice and null", "null on another day"],
)
def test_a_check_fails_when_its_condition_does_not_hold(
    shop_database: MockPostgres, run_dag: RunDag, orders: list[dict[str, Any]], failing: set[str]
) -> None:
    shop_database.execute(LOOSE)
    shop_database.seed("shop_orders", orders)
    run = run_dag("orders_warehouse", DAY)
    assert {check: run.state(check) for check in CHECKS} == {
        check: "failed" if check in failing else "success" for check in CHECKS
    }
    assert run.run_state == ("failed" if failing else "success")
    for check in failing:
        assert "(False,)" in run.errors[check].message


@ON_POSTGRES
def test_a_query_that_counts_mistakes_passes_only_if_there_are_some(
    shop_database: MockPostgres, run_dag: RunDag, dag_maker: Any, module_of: Callable[[str], Any]
) -> None:
    operator = type(module_of("orders_warehouse").sql_checks({"x": "true"}, table="t", where="true", conn_id="c")[0])
    with dag_maker("upside_down") as dag:
        operator(task_id="nulls", conn_id="warehouse_db", sql="SELECT count(*) FROM order_facts WHERE product IS NULL")
    shop_database.seed("order_facts", [order("a")])
    assert run_dag(dag, "2024-01-01").run_state == "failed"  # although the data is good
    shop_database.seed("order_facts", [order("b", None)])
    assert run_dag(dag, "2024-01-01").run_state == "success"


@ON_POSTGRES
@pytest.mark.parametrize("dag_id", ["orders_warehouse", "customers_warehouse"])
def test_the_factory_is_used_by_both_dags(dagbag: DagBag, dag_id: str) -> None:
    checks = [task.task_id for task in dagbag.specs[dag_id].tasks if task.operator == "SQLCheckOperator"]
    assert len(checks) == 3
    for task_id in checks:
        assert_task(dag_id, task_id, conn_id="warehouse_db", retries=2)


@pytest.mark.pattern("B10")
def test_the_operator_is_used_by_two_dags(dagbag: DagBag) -> None:
    tasks = [(spec.dag_id, task.operator) for spec in dagbag.specs.values() for task in spec.tasks]
    assert {dag_id for dag_id, operator in tasks if operator == "BatchedLoadOperator"} >= {
        "orders_warehouse",
        "idempotent_revenue",
    }


@pytest.mark.parametrize(
    ("condition", "rows", "holds"),
    [
        ("NOT_EMPTY", [("a",)], True), ("NOT_EMPTY", [], False),
        ("no_nulls", [("a",), ("a",)], True), ("no_nulls", [("a",), (None,)], False), ("no_nulls", [], True),
        ("unique", [("a",), ("b",)], True), ("unique", [("a",), ("a",)], False), ("unique", [(None,), (None,)], True),
    ],
)  # fmt: skip
@pytest.mark.pattern("B10", "E5", how="SQLite")
def test_a_condition_alone(
    module_of: Callable[[str], Any], condition: str, rows: list[tuple[str | None]], *, holds: bool
) -> None:
    import sqlite3

    made = getattr(module_of("orders_warehouse"), condition)
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (x TEXT)")
        connection.executemany("INSERT INTO t VALUES (?)", rows)
        (found,) = connection.execute(f"SELECT {made if isinstance(made, str) else made('x')} FROM t").fetchone()  # noqa: S608
    assert bool(found) is holds
