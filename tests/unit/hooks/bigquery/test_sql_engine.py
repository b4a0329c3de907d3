from __future__ import annotations

import threading
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from dagcheck.hooks.bigquery.results import BigQueryError, Field, Partitioning, TableId, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import Engine

ORDERS = TableId(project="p", dataset="shop", table="orders")
FIELDS = (
    Field(name="id", type="INTEGER", mode="REQUIRED"),
    Field(name="price", type="NUMERIC"),
    Field(name="at", type="TIMESTAMP"),
    Field(name="lines", type="RECORD", mode="REPEATED", fields=(Field(name="sku", type="STRING"),)),
)


@pytest.fixture
def engine() -> Engine:
    engine = Engine()
    engine.create_dataset("p", "shop")
    engine.create_table(ORDERS, FIELDS)
    return engine


def _rows(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    return list(engine.run(sql, project="p", dataset="shop").rows)


def test_rows_are_given_as_python_or_as_json_has_them(engine: Engine) -> None:
    moment = datetime(2024, 1, 1, 10, tzinfo=timezone.utc)
    as_python = {"id": 1, "price": Decimal("1.5"), "at": moment, "lines": [{"sku": "a"}]}
    as_json = {"ID": "2", "price": "1.5", "at": "2024-01-01 10:00:00 UTC", "lines": [{"sku": "a"}]}
    assert engine.insert(ORDERS, [as_python, as_json]) == 2
    first, second = engine.rows(ORDERS)
    assert first == (1, Decimal("1.5"), moment, [{"sku": "a"}])
    assert second[1:] == first[1:]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"id": "one"}, "Could not convert value"),
        ({"id": 1, "colour": "red"}, "no such field: colour"),
        ({"price": 1}, "cannot be null"),
        ({"id": 1, "at": "yesterday"}, "Could not convert value"),
        ({"id": 1, "lines": [None]}, "Only optional fields can be set to NULL"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_all_others(engine: Engine, row: dict[str, Any], words: str) -> None:
    with pytest.raises(BigQueryError, match=words):
        engine.insert(ORDERS, [{"id": 1}, row])
    assert engine.rows(ORDERS) == ()


def test_a_statement_that_fails_changes_nothing(engine: Engine) -> None:
    engine.insert(ORDERS, [{"id": 1}, {"id": 2}])
    with pytest.raises(BigQueryError, match="division by zero"):
        _rows(engine, "UPDATE orders SET price = CAST(1 / (id - 2) AS NUMERIC) WHERE TRUE")
    with pytest.raises(BigQueryError):
        _rows(engine, "CREATE OR REPLACE TABLE orders AS SELECT 1 / 0 AS x")
    assert _rows(engine, "SELECT id, price FROM orders ORDER BY id") == [(1, None), (2, None)]


def test_two_engines_know_nothing_of_each_other(engine: Engine) -> None:
    other = Engine()
    assert other.datasets("p") == ()
    other.create_dataset("p", "shop")
    with pytest.raises(BigQueryError, match=r"Not found: Table p:shop\.orders"):
        other.run("SELECT * FROM shop.orders", project="p")
    assert engine.datasets("p") == ("shop",)


def test_threads_may_share_an_engine(engine: Engine) -> None:
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for i in range(5):
                _rows(engine, f"INSERT INTO orders (id) VALUES ({number * 100 + i})")
                assert _rows(engine, f"SELECT COUNTIF(id = {number * 100 + i}) FROM orders") == [(1,)]
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert _rows(engine, "SELECT COUNT(DISTINCT id) FROM orders") == [(20,)]


def test_views_are_read_anew_and_keep_their_default_dataset(engine: Engine) -> None:
    engine.run("CREATE VIEW shop.ids AS SELECT id FROM orders", project="p", dataset="shop")
    engine.insert(ORDERS, [{"id": 7}])
    assert engine.run("SELECT * FROM shop.ids", project="p").rows == ((7,),)
    assert [info.id.table for info in engine.tables("p", "shop") if info.query] == ["ids"]


def test_a_dataset_that_is_in_use_is_dropped_with_cascade_alone(engine: Engine) -> None:
    with pytest.raises(BigQueryError, match="still in use") as error:
        engine.drop_dataset("p", "shop")
    assert error.value.reason == "resourceInUse"
    engine.drop_dataset("p", "shop", cascade=True)
    assert engine.datasets("p") == ()


def test_rows_of_a_table_partitioned_by_arrival_arrive_today(engine: Engine) -> None:
    table = TableId(project="p", dataset="shop", table="log")
    engine.create_table(table, [Field(name="x", type="INTEGER")], partitioning=Partitioning())
    engine.insert(table, [{"x": 1}])
    assert _rows(engine, "SELECT x FROM log WHERE _PARTITIONDATE = CURRENT_DATE()") == [(1,)]
    assert _rows(engine, "SELECT * FROM log") == [(1,)]


def test_temporary_tables_end_with_their_script(engine: Engine) -> None:
    assert _rows(engine, "CREATE TEMP TABLE t AS SELECT 1 AS x; SELECT x FROM t") == [(1,)]
    with pytest.raises(BigQueryError, match="Not found"):
        _rows(engine, "SELECT x FROM t")
    assert engine.datasets("p") == ("shop",)


def test_a_script_tells_what_each_statement_did(engine: Engine) -> None:
    result = engine.run(
        "INSERT INTO orders (id) VALUES (1); UPDATE orders SET price = 2 WHERE id = 1; SELECT @@row_count AS n",
        project="p",
        dataset="shop",
    )
    assert [child.statement_type for child in result.children] == ["INSERT", "UPDATE", "SELECT"]
    assert result.statement_type == "SCRIPT"
    assert result.rows == ((1,),)


@pytest.mark.parametrize("kind", ["BIGNUMERIC", "GEOGRAPHY", "RANGE"])
def test_a_column_of_a_type_that_is_not_known_is_refused(engine: Engine, kind: str) -> None:
    with pytest.raises(UnsupportedSqlError, match=kind):
        engine.create_table(TableId(project="p", dataset="shop", table="t"), [Field(name="x", type=kind)])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM `/etc/passwd`",
        "COPY orders TO '/tmp/x'",
        "INSTALL httpfs",
        "ATTACH '/tmp/x.db' AS x",
        "PRAGMA version",
        "SELECT getenv('HOME')",
    ],
)
def test_nothing_of_duckdb_s_own_is_reached(engine: Engine, sql: str) -> None:
    with pytest.raises((BigQueryError, UnsupportedSqlError)):
        _rows(engine, sql)


def test_duckdb_may_neither_read_files_nor_fetch_extensions(engine: Engine) -> None:
    database = engine._database  # noqa: SLF001 - what stands behind it is the point
    settings = "SELECT current_setting('enable_external_access'), current_setting('autoinstall_known_extensions')"
    assert database.execute(settings) == [(False, False)]
    with pytest.raises(UnsupportedSqlError, match=r"disabled (?:by|through) configuration"):
        database.execute("SELECT * FROM read_csv('/etc/passwd')")


def test_what_duckdb_refuses_that_is_not_foreseen_is_refused_with_its_words(engine: Engine) -> None:
    database = engine._database  # noqa: SLF001 - as above
    with pytest.raises(UnsupportedSqlError, match="DuckDB: Catalog Error") as error:
        database.execute("SELECT nothing_of_this_name(1)")
    assert isinstance(error.value.__cause__, duckdb.Error)
