"""What PostgresHook, operators and sensors do, the same on every tier: tests/plugin/test_everywhere.py runs this file.

`shop` fills the far end in the way of the tier; no test below it asks which tier that is, but for those named real.
"""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from dagcheck.hooks.postgres.mock import MockPostgres

ALL = "SELECT id, name FROM orders ORDER BY id"
ORDERS = [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}]


@pytest.fixture
def shop(mock_postgres: MockPostgres) -> MockPostgres:
    mock_postgres.add_connections("shop_db")
    if mock_postgres.tier != "fake":
        mock_postgres.execute("CREATE TABLE orders (id int PRIMARY KEY, name text)")
        mock_postgres.seed("orders", ORDERS)
        return mock_postgres
    mock_postgres.answer(ALL, ORDERS)
    mock_postgres.answer("SELECT name FROM orders WHERE id = %s", lambda _, given: [("eggs",)] if given == [2] else [])
    mock_postgres.answer(re.compile("^INSERT INTO orders", re.I))
    mock_postgres.answer(re.compile("^COPY orders FROM STDIN", re.I))
    mock_postgres.answer(re.compile("^COPY .* TO STDOUT", re.I), [(1, "ham"), (2, "eggs")])
    mock_postgres.answer("SELECT count(*) FROM orders", [(2,)])
    mock_postgres.answer("SELECT count(*) FROM orders WHERE id > 99", [(0,)])
    return mock_postgres


@pytest.fixture
def hook(shop: MockPostgres) -> Any:  # noqa: ARG001 - fixtures that come first
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    return PostgresHook("shop_db")


@pytest.fixture
def run_task(shop: MockPostgres, dag_maker: Any, run_dag: Any) -> Any:  # noqa: ARG001 - as above
    def run(operator: type, **arguments: Any) -> Any:
        with dag_maker("made") as dag:
            operator(task_id="it", **arguments)
        return run_dag(dag, "2024-01-01")

    return run


def rows(records: Any) -> list[tuple[Any, ...]]:
    return [tuple(record) for record in records]


def test_records_are_read(hook: Any) -> None:
    assert rows(hook.get_records(ALL)) == [(1, "ham"), (2, "eggs")]


def test_one_record_is_read_with_parameters(hook: Any) -> None:
    assert tuple(hook.get_first("SELECT name FROM orders WHERE id = %s", [2])) == ("eggs",)


def test_a_handler_sees_the_cursor(hook: Any) -> None:
    assert rows(hook.run(ALL, handler=lambda cursor: cursor.fetchall())) == [(1, "ham"), (2, "eggs")]


def test_rows_are_inserted(hook: Any, shop: MockPostgres) -> None:
    hook.insert_rows("orders", [(3, "tea"), (4, "milk")], target_fields=["id", "name"])
    if shop.tier == "fake":
        assert [call.arguments["parameters"] for call in shop.calls if "INSERT" in call.arguments["sql"]] == [
            (3, "tea"), (4, "milk")
        ]  # fmt: skip
        assert "commit" in shop.transactions
    else:
        assert shop.query("SELECT id FROM orders ORDER BY id") == [{"id": number} for number in (1, 2, 3, 4)]


def test_a_file_is_copied_in(hook: Any, shop: MockPostgres, tmp_path: Path) -> None:
    (tmp_path / "orders.tsv").write_text("3\ttea\n")
    hook.copy_expert("COPY orders FROM STDIN", str(tmp_path / "orders.tsv"))
    if shop.tier == "fake":
        assert shop.calls[-1].arguments["parameters"] == "3\ttea\n"
    else:
        assert shop.query("SELECT name FROM orders WHERE id = 3") == [{"name": "tea"}]


def test_a_table_is_copied_out(hook: Any, tmp_path: Path) -> None:
    hook.copy_expert("COPY (SELECT id, name FROM orders ORDER BY id) TO STDOUT", str(tmp_path / "orders.tsv"))
    assert (tmp_path / "orders.tsv").read_text() == "1\tham\n2\teggs\n"


def test_an_operator_runs_its_statement(run_task: Any) -> None:
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

    run = run_task(SQLExecuteQueryOperator, conn_id="shop_db", sql=ALL)
    assert (run.states, rows(run.xcom("it"))) == ({"it": "success"}, [(1, "ham"), (2, "eggs")])


@pytest.mark.parametrize(
    ("sql", "state"),
    [("SELECT count(*) FROM orders", "success"), ("SELECT count(*) FROM orders WHERE id > 99", "failed")],
)
def test_a_check_of_the_data(run_task: Any, sql: str, state: str) -> None:
    from airflow.providers.common.sql.operators.sql import SQLCheckOperator

    run = run_task(SQLCheckOperator, conn_id="shop_db", sql=sql)
    assert run.states == {"it": state}


def test_a_sensor_sees_that_the_data_are_there(run_task: Any) -> None:
    from airflow.providers.common.sql.sensors.sql import SqlSensor

    assert run_task(SqlSensor, conn_id="shop_db", sql="SELECT count(*) FROM orders").states == {"it": "success"}


def test_real_data_frames_are_read(hook: Any) -> None:
    frame = (getattr(hook, "get_df", None) or hook.get_pandas_df)(ALL)
    assert frame.to_dict("records") == ORDERS


def test_real_failures_are_rolled_back(hook: Any, shop: MockPostgres) -> None:
    with pytest.raises(Exception, match="duplicate key"):
        hook.insert_rows("orders", [(5, "rice"), (1, "twice")], target_fields=["id", "name"])
    assert shop.query("SELECT count(*) AS n FROM orders") == [{"n": 2}]


def test_real_statements_meet_the_servers_own_errors(hook: Any) -> None:
    with pytest.raises(Exception, match='relation "odrers" does not exist'):
        hook.get_records("SELECT * FROM odrers")


@pytest.fixture(params=[name for name in ("psycopg", "psycopg2") if find_spec(name)])
def client(request: pytest.FixtureRequest) -> Any:
    return import_module(request.param)


def test_real_servers_are_reached_past_the_hook(client: Any, shop: MockPostgres) -> None:
    at = shop.address
    connection = client.connect(host=at.host, port=at.port, user=at.user, password=at.password, dbname=at.database)
    with connection, connection.cursor() as cursor:
        cursor.execute(ALL)
        assert rows(cursor.fetchall()) == [(1, "ham"), (2, "eggs")]
    connection.close()


@pytest.mark.parametrize("time", ["first", "again"])
def test_every_test_begins_with_an_empty_database(mock_postgres: MockPostgres, time: str) -> None:
    if mock_postgres.tier == "fake":
        assert mock_postgres.calls == []
    else:
        mock_postgres.execute("CREATE TABLE orders (id int)")
        mock_postgres.execute(f"CREATE SCHEMA other; CREATE TABLE other.{time} (id int)")
