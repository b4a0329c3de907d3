"""The team's own operator, on a real PostgreSQL."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck.assertions import assert_dependencies, assert_task

if TYPE_CHECKING:
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

RunDag = Callable[..., "Run"]
pytestmark = pytest.mark.pattern("C1", how="PostgreSQL")
DAY = datetime.date(2024, 1, 31)
# What the database itself saw: the rows of each INSERT.
COUNTING = """
CREATE TABLE batches (number serial, size integer);
CREATE FUNCTION count_batch() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO batches (size) SELECT count(*) FROM added; RETURN NULL; END';
CREATE TRIGGER counting AFTER INSERT ON order_facts
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_batch();
"""


def order(number: int, **fields: Any) -> dict[str, Any]:
    found = {
        "order_id": f"o{number:03}",
        "day": DAY,
        "region": "eu-west",
        "product": "desk",
        "quantity": 1,
        "refund": 0,
    }
    return {**found, **fields}


def loaded(database: MockPostgres) -> list[str]:
    return [row["order_id"] for row in database.query("SELECT order_id FROM order_facts ORDER BY order_id")]


@pytest.fixture
def load(module_of: Callable[[str], Any], run_dag: RunDag, dag_maker: Any) -> RunDag:
    """Run the operator alone, with other arguments than those of the DAG."""
    operator = module_of("orders_warehouse").BatchedLoadOperator

    def running(variables: dict[str, Any] | None = None, **options: Any) -> Run:
        usual = {"source_conn_id": "shop_db", "target_conn_id": "warehouse_db", "target_table": "order_facts",
                 "sql": "SELECT * FROM shop_orders ORDER BY order_id", "retries": 0}  # fmt: skip
        with dag_maker("alone") as dag:
            operator(task_id="load", **{**usual, **options})
        return run_dag(dag, "2024-01-01", variables=variables or {})

    return running


def test_the_checks_come_after_the_load() -> None:
    assert_dependencies("orders_warehouse", "load_orders >> [check_has_orders, check_order_ids, check_products]")
    assert_task("orders_warehouse", "load_orders", operator="BatchedLoadOperator", batch_size=10)


def test_every_batch_is_one_insert_of_the_given_size(shop_database: MockPostgres, same_with_airflow: RunDag) -> None:
    shop_database.execute(COUNTING)
    shop_database.seed("shop_orders", [order(number) for number in range(24)])
    run = same_with_airflow("orders_warehouse", DAY)
    assert run.success
    assert run.xcom("load_orders") == 24
    sizes = [row["size"] for row in shop_database.query("SELECT size FROM batches ORDER BY number")]
    assert sizes == [10, 10, 4] * 2  # once in memory, once by dag.test()
    assert loaded(shop_database) == [f"o{number:03}" for number in range(24)]


@pytest.mark.parametrize(
    ("rows", "size", "batches"), [(0, 3, []), (1, 3, [1]), (3, 3, [3]), (4, 3, [3, 1]), (3, 1, [1, 1, 1])]
)
def test_the_last_batch_may_be_smaller(
    shop_database: MockPostgres, load: RunDag, rows: int, size: int, batches: list[int]
) -> None:
    shop_database.execute(COUNTING)
    shop_database.seed("shop_orders", [order(number) for number in range(rows)])
    assert load(batch_size=size).xcom("load") == rows
    assert [row["size"] for row in shop_database.query("SELECT size FROM batches ORDER BY number")] == batches


def test_a_failure_midway_leaves_the_target_as_it_was(shop_database: MockPostgres, run_dag: RunDag) -> None:
    shop_database.execute("ALTER TABLE order_facts ADD CONSTRAINT small CHECK (quantity < 9)")
    before = [order(900), order(901, day=DAY - datetime.timedelta(days=1))]
    shop_database.seed("order_facts", before)
    shop_database.seed("shop_orders", [order(number, quantity=9 if number == 23 else 1) for number in range(24)])
    run = run_dag("orders_warehouse", DAY)
    assert run.states == {
        "load_orders": "failed", "check_has_orders": "upstream_failed", "check_order_ids": "upstream_failed",
        "check_products": "upstream_failed",
    }  # fmt: skip
    assert "CheckViolation" in run.errors["load_orders"].type
    assert len(run.tries["load_orders"]) == 3
    assert loaded(shop_database) == ["o900", "o901"]


def test_a_rerun_replaces_its_own_day_and_no_other(shop_database: MockPostgres, run_dag: RunDag) -> None:
    shop_database.seed("order_facts", [order(901, day=DAY - datetime.timedelta(days=1))])
    shop_database.seed("shop_orders", [order(1), order(2), order(3, quantity=0)])
    assert run_dag("orders_warehouse", DAY).success
    shop_database.execute("DELETE FROM shop_orders WHERE order_id = 'o001'")
    assert run_dag("orders_warehouse", DAY).xcom("load_orders") == 1
    assert loaded(shop_database) == ["o002", "o901"]


def test_the_query_is_a_file_rendered_for_the_run(shop_database: MockPostgres, run_dag: RunDag) -> None:
    shop_database.seed("shop_orders", [order(1), order(2, quantity=0)])
    usual = run_dag("orders_warehouse", DAY)
    assert usual.rendered["load_orders"]["parameters"] == {"day": "2024-01-31"}
    assert "quantity > 0" in usual.rendered["load_orders"]["sql"]
    everything = run_dag("orders_warehouse", DAY, params={"cancelled_too": True})
    assert "quantity > 0" not in everything.rendered["load_orders"]["sql"]
    assert (usual.xcom("load_orders"), everything.xcom("load_orders")) == (1, 2)


def test_a_value_with_a_quote_in_it_is_a_value(shop_database: MockPostgres, load: RunDag) -> None:
    nasty = "o'; DROP TABLE shop_orders; --"
    shop_database.seed("shop_orders", [order(1, region=nasty), order(2)])
    options = {"sql": "SELECT * FROM shop_orders WHERE region = %(region)s", "replace_where": "region = %(region)s"}
    run = load({"region": nasty}, parameters={"region": "{{ var.value.region }}"}, **options)
    assert run.xcom("load") == 1
    assert loaded(shop_database) == ["o001"]


def test_a_table_may_have_a_schema_and_any_name(shop_database: MockPostgres, load: RunDag) -> None:
    shop_database.execute('CREATE SCHEMA mart; CREATE TABLE mart."odd ""table" ("the id" text)')
    shop_database.seed("shop_orders", [order(7)])
    sql = 'SELECT order_id AS "the id" FROM shop_orders'
    assert load(target_table='mart.odd "table', sql=sql).success
    assert shop_database.query('SELECT * FROM mart."odd ""table"') == [{"the id": "o007"}]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"batch_size": 0}, "batch_size is 0: a batch holds at least one row"),
        ({"batch_size": "{{ 5 - 6 }}"}, "batch_size is -1"),
        ({"batch_size": 20_000, "sql": "SELECT 'o' || n AS order_id, 'r' AS region, 'p' AS product, n AS quantity "
          "FROM generate_series(1, 20000) AS n"}, "batch_size 20000 is too much for 4 columns: 16383 rows at most"),
    ],
)  # fmt: skip
def test_a_batch_size_that_cannot_be_is_refused(
    shop_database: MockPostgres, load: RunDag, options: dict[str, Any], told: str
) -> None:
    run = load(**options)
    assert run.errors["load"].type.endswith("ValueError")
    assert told in run.errors["load"].message
    assert loaded(shop_database) == []


def test_a_query_may_name_its_columns_in_another_order(shop_database: MockPostgres, load: RunDag) -> None:
    shop_database.seed("shop_orders", [order(5, product="lamp")])
    assert load(sql="SELECT product, order_id, day FROM shop_orders").success
    assert shop_database.query("SELECT order_id, product, region FROM order_facts") == [
        {"order_id": "o005", "product": "lamp", "region": None}
    ]
