"""Vacuum and data-quality checks on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck.assertions import assert_dependencies

if TYPE_CHECKING:
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

SUNDAY = "2024-03-03"
DAY = "2024-03-05"
STAGED = "day date, order_id text, product text, quantity integer, refund integer"


@pytest.fixture
def warehouse(mock_postgres: MockPostgres) -> MockPostgres:
    return mock_postgres.add_connections("warehouse_db")


@pytest.fixture
def messy(warehouse: MockPostgres) -> MockPostgres:
    """A partitioned table, one table with dead rows and one without."""
    warehouse.execute("CREATE TABLE sales (day date, cents integer) PARTITION BY RANGE (day)")
    warehouse.execute("CREATE TABLE sales_202401 PARTITION OF sales FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')")
    warehouse.execute(
        'CREATE TABLE "Odd name" AS SELECT n FROM generate_series(1, 300) AS n; UPDATE "Odd name" SET n = 0'
    )
    warehouse.execute("CREATE TABLE tidy AS SELECT n FROM generate_series(1, 300) AS n")
    warehouse.execute("SELECT pg_stat_force_next_flush()")
    return warehouse


def dead(warehouse: MockPostgres) -> dict[str, Any]:
    found = warehouse.query("SELECT relname, n_dead_tup, last_vacuum FROM pg_stat_user_tables")
    return {row["relname"]: (row["n_dead_tup"], row["last_vacuum"] is not None) for row in found}


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_only_tables_with_dead_rows_are_vacuumed(
    messy: MockPostgres, run_dag: Callable[..., Run], same_with_airflow: Callable[..., Run]
) -> None:
    assert dead(messy)["Odd name"] == (300, False)
    run = run_dag("vacuum", SUNDAY, params={"dead_rows": 100})
    assert run.success
    assert run.xcom("vacuum_statements") == ['VACUUM (ANALYZE) public."Odd name"']
    assert dead(messy)["Odd name"] == (0, True)
    assert dead(messy)["tidy"] == (0, False)
    assert same_with_airflow("vacuum", SUNDAY, params={"dead_rows": 100}).state("vacuum_table") == "skipped"


@pytest.mark.pattern("E13", how="PostgreSQL")
@pytest.mark.usefixtures("messy")
def test_partitions_of_this_month_and_the_next_are_made_and_old_ones_dropped(run_dag: Callable[..., Run]) -> None:
    kept = run_dag("vacuum", SUNDAY, params={"months_kept": 2, "dead_rows": 100})
    assert kept.xcom("rotate_partitions") == ["sales_202401", "sales_202403", "sales_202404"]
    dropped = run_dag("vacuum", SUNDAY, params={"months_kept": 1, "dead_rows": 100})
    assert dropped.xcom("rotate_partitions") == ["sales_202403", "sales_202404"]


@pytest.mark.pattern("E13", how="PostgreSQL")
@pytest.mark.usefixtures("messy")
def test_vacuum_in_a_transaction_is_the_trap_that_autocommit_avoids(
    run_dag: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

    real = SQLExecuteQueryOperator.execute

    def in_a_transaction(operator: Any, context: Any) -> Any:
        operator.autocommit = False
        return real(operator, context)

    monkeypatch.setattr(SQLExecuteQueryOperator, "execute", in_a_transaction)
    run = run_dag("vacuum", SUNDAY, params={"dead_rows": 100})
    assert run.state("vacuum_table", 0) == "failed"
    assert "cannot run inside a transaction block" in run.errors["vacuum_table[0]"].message


@pytest.fixture
def staged(warehouse: MockPostgres) -> MockPostgres:
    for table in ("staged_orders", "orders"):
        warehouse.execute(f"CREATE TABLE {table} ({STAGED})")
    return warehouse


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_a_clean_day_is_published_once_however_often_it_runs(
    staged: MockPostgres, same_with_airflow: Callable[..., Run]
) -> None:
    run = same_with_airflow("data_quality", DAY)
    assert run.success
    assert staged.query("SELECT day::text, count(*) FROM orders GROUP BY day") == [
        {"day": DAY, "count": run.xcom("stage_orders")}
    ]


@pytest.mark.pattern("E13", how="PostgreSQL")
@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("UPDATE staged_orders SET order_id = NULL WHERE order_id LIKE '%-001'", "columns"),
        ("UPDATE staged_orders SET order_id = '20240305-001' WHERE order_id LIKE '%-002'", "columns"),
        ("UPDATE staged_orders SET quantity = -1 WHERE order_id LIKE '%-001'", "columns"),
        ("UPDATE staged_orders SET quantity = 101 WHERE order_id LIKE '%-001'", "columns"),
        ("UPDATE staged_orders SET product = order_id", "columns"),
        ("DELETE FROM staged_orders WHERE order_id > '20240305-009'", "completeness"),
        ("DELETE FROM staged_orders", "completeness"),
        ("UPDATE staged_orders SET refund = 0, quantity = 0", "completeness"),
        ("UPDATE staged_orders SET refund = 5, quantity = 0 WHERE order_id LIKE '%-001'", "business_rules"),
        ("ALTER TABLE staged_orders ALTER refund TYPE bigint", "schema"),
    ],
)
def test_each_fault_is_found_by_its_check_and_nothing_is_published(
    staged: MockPostgres, run_dag: Callable[..., Run], fault: str, check: str
) -> None:
    first = run_dag("data_quality", DAY)
    assert first.success

    def staging(_context: Any) -> None:
        staged.execute(fault)

    staged.execute("DELETE FROM orders")
    run = run_dag("data_quality", DAY, outcomes={"stage_orders": staging})
    failed = {task_id for task_id, state in run.states.items() if state == "failed"}
    assert f"audit.{check}" in failed
    assert run.state("publish_orders") == "upstream_failed"
    assert staged.query("SELECT * FROM orders") == []


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_faults_of_other_days_do_not_fail_this_one(staged: MockPostgres, run_dag: Callable[..., Run]) -> None:
    staged.execute("INSERT INTO staged_orders VALUES ('2024-03-04', NULL, NULL, -1, 5)")
    assert run_dag("data_quality", DAY).success


@pytest.mark.pattern("E13")
def test_every_check_stands_between_staging_and_publishing() -> None:
    assert_dependencies("data_quality", "stage_orders >> audit >> publish_orders")
