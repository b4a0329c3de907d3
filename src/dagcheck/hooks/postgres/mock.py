"""Postgres for one test: the hook runs as it is, this stands at the far end."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from dagcheck.errors import UsageError
from dagcheck.hooks.answers import Call
from dagcheck.hooks.environment import Connected
from dagcheck.hooks.postgres.database import Database, shared_server
from dagcheck.hooks.postgres.programs import NoServerError, find_programs
from dagcheck.hooks.postgres.recording import Recorder, RecordingConnection, Result
from dagcheck.hooks.postgres.server import Address

Tier = Literal["fake", "embedded"]
_NOWHERE = Address(port=9, password="", database="none")  # nobody listens at the port "discard"


class MockPostgres:
    """The test's side; which methods work depends on `tier`: `fake` answers, `embedded` has a real database."""

    def __init__(self, tier: Tier) -> None:
        self.tier = tier
        self._recorder = Recorder("PostgresHook")
        self._database = Database(shared_server()) if tier == "embedded" else None
        self.connected = Connected(_fields(_NOWHERE if self._database is None else self._database.address))

    def add_connections(self, *conn_ids: str) -> MockPostgres:
        """Let these Airflow connections lead here too, until the test ends."""
        self.connected.add(conn_ids)
        return self

    @property
    def address(self) -> Address:
        """Where the real server listens."""
        return self._real().address

    def answer(
        self, sql: str | re.Pattern[str] | Callable[[str], bool], result: Any = (), *, times: int | None = None
    ) -> MockPostgres:
        """Answer statements: with rows (mappings or sequences), a Result, an exception, or a function.

        The function is given SQL and parameters. A text means this very statement but for white space and case, a
        compiled pattern is searched. Tier `fake`.
        """
        if self._database is not None:
            raise UsageError("the tier embedded runs every statement for real: seed(...) instead of answer(...)")
        self._recorder.answer(sql, result, times)
        return self

    @property
    def calls(self) -> list[Call]:
        """Every statement with its parameters, in order. Tier `fake`."""
        self._fake()
        return list(self._recorder.book.calls)

    @property
    def queries(self) -> list[str]:
        """The SQL of every statement, in order. Tier `fake`."""
        return [str(call.arguments["sql"]) for call in self.calls]

    @property
    def transactions(self) -> list[str]:
        """Every `commit` and `rollback`, in order. Tier `fake`."""
        self._fake()
        return list(self._recorder.transactions)

    def assert_all_used(self) -> None:
        """Raise UnusedAnswerError (an AssertionError) if an answer was never asked for."""
        self._recorder.book.raise_unused()

    def execute(self, script: str) -> None:
        """Run statements, such as CREATE TABLE. Tier `embedded`."""
        self._real().execute(script)

    def seed(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows into a table that exists. Tier `embedded`."""
        self._real().seed(table, rows)

    def query(self, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
        """Return the rows that a statement selects, each a mapping. Tier `embedded`."""
        return self._real().query(sql, parameters)

    def connection(self) -> RecordingConnection:
        """Return what PostgresHook.get_conn returns in the tier `fake`."""
        return RecordingConnection(self._recorder)

    def verify(self) -> None:
        """Raise the first statement without an answer again: the code under test may have caught it."""
        self._recorder.book.raise_unanswered()

    def _real(self) -> Database:
        if self._database is None:
            raise UsageError("the tier fake has no database: answer(...) instead, or take the tier embedded")
        return self._database

    def _fake(self) -> None:
        if self._database is not None:
            raise UsageError("the tier embedded does not record statements: query(...) what they did")


@contextmanager
def mocked_postgres(
    tier: Tier | Literal["auto"] = "auto", conn_ids: Sequence[str] = ("postgres_default",)
) -> Iterator[MockPostgres]:
    """Stand behind PostgresHook until the block ends, for these connections.

    `auto` is `embedded` where PostgreSQL's programs are, else `fake`. The connections exist while the block lasts (as
    AIRFLOW_CONN_... in the environment, which every version and every child process reads first). Raises NoServerError
    for `embedded` without the programs.
    """
    mock = MockPostgres(_chosen(tier))
    if mock.tier == "embedded":
        Database(mock.address).reset()
    with mock.connected, _get_conn(mock):
        yield mock.add_connections(*conn_ids)
    mock.verify()


def _chosen(tier: Tier | Literal["auto"]) -> Tier:
    if tier != "auto":
        return tier
    try:
        find_programs(os.environ)
    except NoServerError:
        return "fake"
    return "embedded"


def _fields(address: Address) -> dict[str, object]:
    return {"conn_type": "postgres", "host": address.host, "port": address.port, "login": address.user,
            "password": address.password, "schema": address.database}  # fmt: skip


@contextmanager
def _get_conn(mock: MockPostgres) -> Iterator[None]:
    if mock.tier != "fake":
        yield
        return
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    real = vars(PostgresHook)["get_conn"]
    PostgresHook.get_conn = lambda _: mock.connection()
    try:
        yield
    finally:
        PostgresHook.get_conn = real


__all__ = ["MockPostgres", "NoServerError", "Result", "mocked_postgres"]
