"""Use cases inside a warehouse, on a real PostgreSQL: ELT, changes, derived data, a migration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from loopback import Reply, Web, http_server

from dagcheck import Fails
from dagcheck.assertions import assert_dependencies
from dagcheck.hooks.postgres.client import connect

if TYPE_CHECKING:
    from dagcheck.hooks.generic import MockHook
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

DAY = "2024-03-05"


def count(postgres: MockPostgres, table: str) -> int:
    return int(postgres.query(f"SELECT count(*) AS n FROM {table}")[0]["n"])  # noqa: S608 - the test's own


@pytest.fixture
def analytics(mock_postgres: MockPostgres) -> MockPostgres:
    from common.shop import PRODUCTS, orders_of

    mock_postgres.add_connections("analytics_warehouse")
    mock_postgres.execute(
        """
        CREATE TABLE raw_orders (day date, region text, product text, quantity integer, refund integer);
        CREATE TABLE raw_prices (product text PRIMARY KEY, price_cents integer);
        CREATE TABLE facts_daily (day date, region text, product text, quantity bigint, cents bigint);
        CREATE TABLE report_regions (day date, region text, cents bigint, share numeric)
        """
    )
    rows = [{"day": DAY, **{k: v for k, v in o.items() if k != "order_id"}} for o in orders_of(date.fromisoformat(DAY))]
    mock_postgres.seed("raw_orders", rows)
    mock_postgres.seed("raw_prices", [{"product": p, "price_cents": cents} for p, cents in PRODUCTS.items()])
    return mock_postgres


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_the_models_are_right_however_often_they_are_built(
    analytics: MockPostgres, same_with_airflow: Callable[..., Run]
) -> None:
    from common.shop import orders_of, revenue

    assert same_with_airflow("elt_in_warehouse", f"{DAY} 04:00").success
    total = revenue(orders_of(date.fromisoformat(DAY)))
    assert analytics.query("SELECT sum(cents)::int AS cents FROM facts_daily") == [{"cents": total}]
    (report,) = analytics.query("SELECT sum(cents)::int AS cents, round(sum(share))::int AS share FROM report_regions")
    assert report == {"cents": total, "share": 100}


@pytest.mark.pattern("E13", how="PostgreSQL")
@pytest.mark.parametrize(
    ("fault", "check"),
    [("DELETE FROM raw_orders", "check_landed"), ("DELETE FROM raw_prices WHERE product = 'lamp'", "check_prices")],
)
def test_what_has_not_landed_whole_builds_nothing(
    analytics: MockPostgres, run_dag: Callable[..., Run], fault: str, check: str
) -> None:
    analytics.execute(fault)
    run = run_dag("elt_in_warehouse", f"{DAY} 04:00")
    assert (run.state(check), run.state("build_report")) == ("failed", "upstream_failed")
    assert count(analytics, "facts_daily") == 0


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_a_model_that_fails_leaves_the_day_as_it_was(analytics: MockPostgres, run_dag: Callable[..., Run]) -> None:
    assert run_dag("elt_in_warehouse", f"{DAY} 04:00").success
    before = count(analytics, "facts_daily")
    analytics.execute("ALTER TABLE raw_orders RENAME refund TO refunded")
    run = run_dag("elt_in_warehouse", f"{DAY} 04:00")
    assert (run.state("build_facts"), count(analytics, "facts_daily")) == ("failed", before)


@pytest.mark.pattern("E13", how="strict fake of Snowflake")
def test_on_snowflake_each_model_is_one_transaction(
    mock_hook: Callable[[type], MockHook], airflow_connections: Any, run_dag: Callable[..., Run]
) -> None:
    from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook

    airflow_connections.set(analytics_warehouse={"conn_type": "snowflake"})
    hook = mock_hook(SnowflakeHook).answer("get_first", (True,)).answer("run", None)
    assert run_dag("elt_in_warehouse", f"{DAY} 04:00").success
    calls = hook.calls_of("run")
    assert len(calls) == 2
    assert not any(call.arguments.get("autocommit") for call in calls)
    assert all(call.arguments["split_statements"] for call in calls)
    assert calls[0].arguments["sql"].split()[:6] == ["DELETE", "FROM", "facts_daily", "WHERE", "day", "="]


@pytest.fixture
def changing(mock_postgres: MockPostgres) -> MockPostgres:
    mock_postgres.add_connections("shop_db", "warehouse_db")
    mock_postgres.execute(
        """
        CREATE TABLE customers (customer_id integer PRIMARY KEY, name text);
        CREATE TABLE customers_log (
            sequence bigserial PRIMARY KEY, transaction xid8 DEFAULT pg_current_xact_id(), operation text,
            customer_id integer, name text
        );
        CREATE FUNCTION log_customer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO customers_log (operation, customer_id, name)
            VALUES (left(TG_OP, 1), coalesce(NEW.customer_id, OLD.customer_id), NEW.name);
            RETURN NULL;
        END $$;
        CREATE TRIGGER log AFTER INSERT OR UPDATE OR DELETE ON customers
            FOR EACH ROW EXECUTE FUNCTION log_customer();
        CREATE TABLE customers_copy (customer_id integer PRIMARY KEY, name text);
        CREATE TABLE cdc_marks (name text PRIMARY KEY, horizon xid8)
        """
    )
    return mock_postgres


def same(postgres: MockPostgres) -> bool:
    source = postgres.query("SELECT * FROM customers ORDER BY customer_id")
    return source == postgres.query("SELECT * FROM customers_copy ORDER BY customer_id")


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_the_copy_follows_whatever_is_done_and_a_rerun_does_nothing(
    changing: MockPostgres, run_dag: Callable[..., Run], same_with_airflow: Callable[..., Run]
) -> None:
    changing.execute("INSERT INTO customers VALUES (1, 'Ann'), (2, 'Bo'), (3, 'Cy')")
    assert run_dag("change_data_capture", DAY).xcom("apply_changes") == {"written": 3, "removed": 0}
    for statement in (
        "UPDATE customers SET name = 'Anna' WHERE customer_id = 1",
        "DELETE FROM customers WHERE name = 'Bo'",
        "INSERT INTO customers VALUES (2, 'Bob')",
        "DELETE FROM customers WHERE customer_id = 3",
    ):
        changing.execute(statement)
    assert run_dag("change_data_capture", DAY).xcom("apply_changes") == {"written": 2, "removed": 1}
    assert same(changing)
    assert same_with_airflow("change_data_capture", DAY).xcom("apply_changes") == {"written": 0, "removed": 0}


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_a_transaction_that_commits_late_is_not_lost(changing: MockPostgres, run_dag: Callable[..., Run]) -> None:
    with closing(connect(changing.address)) as slow:
        slow.autocommit = False
        with closing(slow.cursor()) as cursor:
            cursor.execute("INSERT INTO customers VALUES (1, 'slow')")  # takes the lower number
            changing.execute("INSERT INTO customers VALUES (2, 'quick')")
            waiting = run_dag("change_data_capture", DAY)
            slow.commit()
    assert waiting.xcom("watch_lag") == 1
    assert run_dag("change_data_capture", DAY).success
    assert same(changing)


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_when_the_copy_cannot_be_written_the_mark_stays(changing: MockPostgres, run_dag: Callable[..., Run]) -> None:
    changing.execute("INSERT INTO customers VALUES (1, 'Ann'); ALTER TABLE cdc_marks RENAME horizon TO broken")
    assert run_dag("change_data_capture", DAY).state("apply_changes") == "failed"
    assert count(changing, "customers_copy") == 0
    changing.execute("ALTER TABLE cdc_marks RENAME broken TO horizon")
    assert run_dag("change_data_capture", DAY).success
    assert same(changing)


@pytest.fixture
def derived(mock_postgres: MockPostgres, airflow_connections: Any) -> Iterator[tuple[MockPostgres, Web]]:
    mock_postgres.add_connections("warehouse_db")
    for statement in (
        "CREATE TABLE sold (product text, cents integer)",
        "CREATE MATERIALIZED VIEW sales_by_product AS SELECT product, sum(cents) AS cents FROM sold GROUP BY product",
        "CREATE UNIQUE INDEX sales_key ON sales_by_product (product)",
        "CREATE INDEX products_search ON sold USING gin (to_tsvector('simple', product))",
    ):
        mock_postgres.execute(statement)
    with http_server() as web:
        airflow_connections.set(shop_cache=web.url)
        yield mock_postgres, web


@pytest.mark.pattern("E13", how="PostgreSQL, HTTP server")
def test_the_cache_is_emptied_when_the_view_is_new(
    derived: tuple[MockPostgres, Web], same_with_airflow: Callable[..., Run]
) -> None:
    postgres, web = derived
    postgres.execute("INSERT INTO sold VALUES ('lamp', 5), ('lamp', 6)")
    seen: list[Any] = []
    web.route("POST /purge", lambda _: seen.append(postgres.query("SELECT cents::int FROM sales_by_product")))
    before = postgres.query("SELECT pg_relation_filenode('products_search') AS node")
    assert same_with_airflow("refresh_derived", f"{DAY} 05:00").success
    assert seen[0] == [{"cents": 11}]
    assert web.requests[0].json == {"prefix": "/sales"}
    assert postgres.query("SELECT pg_relation_filenode('products_search') AS node") != before


@pytest.mark.pattern("E13", how="PostgreSQL, HTTP server")
def test_a_view_that_cannot_be_refreshed_leaves_the_cache_alone(
    derived: tuple[MockPostgres, Web], run_dag: Callable[..., Run]
) -> None:
    postgres, web = derived
    postgres.execute("DROP INDEX sales_key")
    run = run_dag("refresh_derived", f"{DAY} 05:00")
    assert "unique index" in run.errors["refresh_view"].message
    assert web.requests == []


@pytest.mark.pattern("E13", how="PostgreSQL, HTTP server")
def test_a_cache_that_is_down_is_asked_again(derived: tuple[MockPostgres, Web], run_dag: Callable[..., Run]) -> None:
    replies = iter([Reply(status=503), Reply(status=503)])
    derived[1].route("POST /purge", lambda _: next(replies, {}))
    run = run_dag("refresh_derived", f"{DAY} 05:00")
    assert [one.state for one in run.tries["purge_cache"]] == ["up_for_retry"] * 2 + ["success"]


@pytest.fixture
def moving(mock_postgres: MockPostgres) -> MockPostgres:
    mock_postgres.add_connections("legacy_db", "shop_db")
    for schema in ("legacy", "shop"):
        mock_postgres.execute(
            f"""
            CREATE SCHEMA {schema};
            CREATE TABLE {schema}.customers (id integer PRIMARY KEY, name text);
            CREATE TABLE {schema}.orders (id integer PRIMARY KEY, customer_id integer, cents integer)
            """
        )
    mock_postgres.execute(
        """
        INSERT INTO legacy.customers SELECT n, 'c' || n FROM generate_series(1, 30) AS n;
        INSERT INTO legacy.orders SELECT n, n % 30, n * 3 FROM generate_series(1, 1203) AS n;
        CREATE TABLE shop.routes (table_name text, system text);
        INSERT INTO shop.routes VALUES ('customers', 'old'), ('orders', 'old')
        """
    )
    return mock_postgres


def systems(postgres: MockPostgres) -> set[str]:
    return {row["system"] for row in postgres.query("SELECT system FROM shop.routes")}


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_all_tables_are_moved_then_all_readers(moving: MockPostgres, same_with_airflow: Callable[..., Run]) -> None:
    run = same_with_airflow("migration", f"{DAY} 01:00")
    assert run.xcom("switch_over") == ["customers", "orders"]
    assert (count(moving, "shop.customers"), count(moving, "shop.orders")) == (30, 1203)
    assert systems(moving) == {"new"}


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_one_different_cell_keeps_every_reader_where_he_is(moving: MockPostgres, run_dag: Callable[..., Run]) -> None:
    moving.execute(
        """
        CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.cents := CASE WHEN NEW.id = 700 THEN NULL ELSE NEW.cents END; RETURN NEW; END $$;
        CREATE TRIGGER lose BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION lose()
        """
    )
    run = run_dag("migration", f"{DAY} 01:00")
    assert (run.state("verify_table", 0), run.state("verify_table", 1)) == ("success", "failed")
    assert run.errors["verify_table[1]"].message.startswith("orders: 1203 rows with checksum ")
    assert systems(moving) == {"old"}


@pytest.mark.pattern("E13", how="PostgreSQL")
def test_a_second_night_takes_over_what_changed_and_what_went(
    moving: MockPostgres, run_dag: Callable[..., Run]
) -> None:
    broken = {"copy_table[0]": Fails(ConnectionError("old system is down"))}
    assert run_dag("migration", f"{DAY} 01:00", outcomes=broken).state("switch_over") == "upstream_failed"
    assert systems(moving) == {"old"}
    moving.execute("UPDATE legacy.orders SET cents = 1 WHERE id = 5; DELETE FROM legacy.orders WHERE id > 1000")
    assert run_dag("migration", f"{DAY} 01:00").success
    assert count(moving, "shop.orders") == 1000
    assert systems(moving) == {"new"}


@pytest.mark.pattern("E13")
def test_the_order_of_the_steps() -> None:
    assert_dependencies("elt_in_warehouse", "[check_landed, check_prices] >> build_facts >> build_report")
    assert_dependencies("refresh_derived", "refresh_view >> rebuild_index >> purge_cache")
    assert_dependencies("change_data_capture", "apply_changes >> watch_lag")
    assert_dependencies("migration", "copy_table >> verify_table >> switch_over")
