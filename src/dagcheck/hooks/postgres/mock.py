"""Postgres for one test: the hook runs as it is, this stands at the far end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from dagcheck.errors import UsageError
from dagcheck.hooks.answers import Call
from dagcheck.hooks.automatic import resolved
from dagcheck.hooks.containers import IMAGES, shared_container
from dagcheck.hooks.environment import Connected
from dagcheck.hooks.postgres.database import Database, shared_server
from dagcheck.hooks.postgres.diversion import diverted
from dagcheck.hooks.postgres.programs import NoServerError
from dagcheck.hooks.postgres.recording import Recorder, Result
from dagcheck.hooks.postgres.server import Address
from dagcheck.hooks.tiers import Choice, Tier

_NOWHERE = Address(port=9, password="", database="none")  # nobody listens at the port "discard"


class MockPostgres:
    """The test's side; which methods work depends on `tier`: `fake` answers, the others have a real database."""

    def __init__(self, tier: Tier, image: str = IMAGES["postgres"]) -> None:
        self.tier = tier
        self._recorder = Recorder("PostgresHook")
        self._database = None if tier == "fake" else Database(_far_end(tier, image))
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
            raise UsageError(f"the tier {self.tier} runs every statement for real: seed(...) instead of answer(...)")
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
    def dsns(self) -> list[Mapping[str, Any]]:
        """What each connection was opened with, in order: host, port, dbname, user, options. Tier `fake`."""
        self._fake()
        return list(self._recorder.dsns)

    @property
    def transactions(self) -> list[str]:
        """Every `commit` and `rollback`, in order. Tier `fake`."""
        self._fake()
        return list(self._recorder.transactions)

    def assert_all_used(self) -> None:
        """Raise UnusedAnswerError (an AssertionError) if an answer was never asked for."""
        self._recorder.book.raise_unused()

    def execute(self, script: str) -> MockPostgres:
        """Run statements, such as CREATE TABLE. Not for the tier `fake`."""
        self._real().execute(script)
        return self

    def seed(self, table: str, rows: Sequence[Mapping[str, Any]]) -> MockPostgres:
        """Insert rows into a table that exists. Not for the tier `fake`."""
        self._real().seed(table, rows)
        return self

    def query(self, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
        """Return the rows that a statement selects, each a mapping. Not for the tier `fake`."""
        return self._real().query(sql, parameters)

    def reset(self) -> None:
        """Drop whatever is in the database."""
        if self._database is not None:
            self._database.reset()

    def diverted(self) -> AbstractContextManager[None]:
        """Return a block in which PostgresHook connects to the recorder, in the tier `fake`."""
        return diverted(self._recorder.connect) if self.tier == "fake" else nullcontext()

    def verify(self, *, strict_answers: bool = False) -> None:
        """Raise the first statement without an answer again; with `strict_answers`, also for an unused answer."""
        self._recorder.book.verify(strict_answers=strict_answers)

    def _real(self) -> Database:
        if self._database is None:
            raise UsageError("the tier fake has no database: answer(...) instead, or take the tier embedded")
        return self._database

    def _fake(self) -> None:
        if self._database is not None:
            raise UsageError(f"the tier {self.tier} does not record statements: query(...) what they did")


@contextmanager
def mocked_postgres(
    tier: Choice = "auto",
    conn_ids: Sequence[str] = ("postgres_default",),
    *,
    image: str = IMAGES["postgres"],
    strict_answers: bool = False,
) -> Iterator[MockPostgres]:
    """Stand behind PostgresHook until the block ends, for these connections.

    `auto` is `embedded` where PostgreSQL's programs are, else `fake`. The connections exist while the block lasts (as
    AIRFLOW_CONN_... in the environment, which every version and every child process reads first). At the end a
    statement without an answer is raised again, in case that the code caught it; with `strict_answers` an answer that
    nothing asked for is an error too. Raises TierUnavailableError for a tier that cannot run here.
    """
    mock = MockPostgres(resolved("postgres", tier), image)
    mock.reset()
    with mock.connected, mock.diverted():
        yield mock.add_connections(*conn_ids)
    mock.verify(strict_answers=strict_answers)


def _far_end(tier: Tier, image: str) -> Address:
    return Address.of(shared_container("postgres", image)) if tier == "container" else shared_server()


def _fields(address: Address) -> dict[str, object]:
    return {"conn_type": "postgres", "host": address.host, "port": address.port, "login": address.user,
            "password": address.password, "schema": address.database}  # fmt: skip


__all__ = ["MockPostgres", "NoServerError", "Result", "mocked_postgres"]
