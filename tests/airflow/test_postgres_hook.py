"""The provider's own hook against a real server and against the recording connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room


def _with(tier: str, statements: list[list[Any]]) -> dict[str, Any]:
    """Run methods of a PostgresHook on a table of two orders; tell their results and what the test saw."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    from dagcheck.hooks.postgres.database import stop_shared_server
    from dagcheck.hooks.postgres.mock import mocked_postgres

    results: list[Any] = []
    try:
        with mocked_postgres(tier, ["warehouse"]) as postgres:  # type: ignore[arg-type]
            if tier == "embedded":
                postgres.execute("CREATE TABLE orders (id int primary key, name text)")
                postgres.seed("orders", [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}])
            else:
                postgres.answer(
                    "SELECT id, name FROM orders ORDER BY id", [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}]
                )
                postgres.answer("SELECT name FROM orders WHERE id = %s", [("eggs",)])
            hook = PostgresHook("warehouse")
            for method, *arguments in statements:
                try:
                    results.append(getattr(hook, method)(*arguments))
                except Exception as error:  # noqa: BLE001, PERF203 -- told
                    results.append(type(error).__name__)
            seen = postgres.query("SELECT id FROM orders ORDER BY id") if tier == "embedded" else postgres.queries
    finally:
        stop_shared_server()
    return {"results": results, "seen": seen}


@pytest.mark.parametrize("tier", ["fake", "embedded"])
def test_the_hook_reads_the_same_rows_in_every_tier(room: Room, tier: str) -> None:
    told = room(_with, tier, [
        ["get_records", "SELECT id, name FROM orders ORDER BY id"],
        ["get_first", "SELECT name FROM orders WHERE id = %s", [2]],
    ])  # fmt: skip
    assert told["results"] == [[[1, "ham"], [2, "eggs"]], ["eggs"]]


def test_what_the_hook_writes_is_there_and_what_fails_is_rolled_back(room: Room) -> None:
    told = room(_with, "embedded", [
        ["insert_rows", "orders", [[3, "tea"], [4, "milk"]]],
        ["insert_rows", "orders", [[5, "rice"], [1, "twice"]]],
    ])  # fmt: skip
    assert told["results"] == [None, "UniqueViolation"]
    assert told["seen"] == [{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}]


def _left_behind() -> dict[str, Any]:
    import os
    from pathlib import Path

    from airflow.providers.postgres.hooks.postgres import PostgresHook

    from dagcheck.hooks.postgres import database
    from dagcheck.hooks.postgres.mock import mocked_postgres

    before = dict(os.environ), PostgresHook.get_conn
    with mocked_postgres("embedded", ["warehouse"]) as postgres:
        postgres.execute("CREATE SCHEMA other; CREATE TABLE other.t (a int)")
        open_transaction = PostgresHook("warehouse").get_conn()
        open_transaction.cursor().execute("LOCK TABLE other.t")
    with mocked_postgres("embedded", ["warehouse"]) as postgres:
        tables = postgres.query("SELECT tablename FROM pg_tables WHERE schemaname IN ('other', 'public')")
    folder = database._running[0][0].folder  # noqa: SLF001 -- is it removed?
    database.stop_shared_server()
    with mocked_postgres("fake", ["warehouse"]):
        pass
    return {
        "tables": tables,
        "folder": Path(str(folder)).exists(),
        "same": before == (dict(os.environ), PostgresHook.get_conn),
    }


def test_nothing_is_left_behind_not_even_by_a_transaction_that_is_still_open(room: Room) -> None:
    assert room(_left_behind) == {"tables": [], "folder": False, "same": True}
