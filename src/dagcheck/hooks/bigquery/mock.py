"""BigQuery for one test: the hook, clients and operators run as they are, a server of ours stands at the far end."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from dagcheck.errors import UsageError, unknown
from dagcheck.hooks.answers import Answer, Call, is_exception_class
from dagcheck.hooks.automatic import ENGINE, resolved
from dagcheck.hooks.bigquery.answers import QueryResult, as_result
from dagcheck.hooks.bigquery.api.api import Api
from dagcheck.hooks.bigquery.api.errors import ServiceError, as_service_error
from dagcheck.hooks.bigquery.api.partitions import partition_ids
from dagcheck.hooks.bigquery.api.routes import OPERATIONS
from dagcheck.hooks.bigquery.api.world import Job, Query, World
from dagcheck.hooks.bigquery.endpoint import directed
from dagcheck.hooks.bigquery.memory import MemoryStore
from dagcheck.hooks.bigquery.results import Result, UnsupportedSqlError
from dagcheck.hooks.bigquery.seeding import Tables
from dagcheck.hooks.bigquery.server import shared_server
from dagcheck.hooks.bigquery.statements import statement_type
from dagcheck.hooks.environment import Connected
from dagcheck.hooks.sql import matcher
from dagcheck.hooks.sql_book import SqlBook
from dagcheck.hooks.tiers import Choice, Tier, TierUnavailableError

if TYPE_CHECKING:
    from dagcheck.hooks.bigquery.sql import Engine

Pattern = str | re.Pattern[str] | Callable[[str], bool]
PROJECT = "test-project"


class MockBigQuery:
    """The test's side: answers to statements, tables to seed and to look at, failures, what was asked."""

    def __init__(self, tier: Tier, project: str = PROJECT) -> None:
        self.tier = tier
        self.project = project
        self._book = SqlBook("BigQuery", "query", "mock_bigquery")
        self._engine = _engine() if tier == "embedded" else None
        self._world = World(self._engine or MemoryStore(), self._run, project)
        self._tables = Tables(self._world)
        self.api = Api(self._world, self._book.reply_or, self._book.keep)
        self.connected = Connected({})

    def add_connections(self, *conn_ids: str) -> MockBigQuery:
        """Let these Airflow connections lead here too, until the test ends."""
        self.connected.add(conn_ids)
        return self

    def answer(self, sql: Pattern, result: Any = (), *, times: int | None = None) -> MockBigQuery:
        """Answer statements, in either tier: `embedded` runs only what has no answer.

        `result` is rows (mappings or sequences), a QueryResult, the number of rows that DML changed, an exception such
        as a ServiceError, with which the job fails, or a function of SQL and parameters (by name, or in order) that
        returns one of those. A text means this very statement but for white space and case, a compiled pattern is
        searched. After `times` statements the answer is used up.
        """
        if isinstance(result, Exception):
            result = as_service_error(result)
        elif callable(result) and not is_exception_class(result):
            result = _of_statement(result)
        self._book.add(Answer(method="query", value=result, when={"sql": matcher(sql)}, times=times))
        return self

    def fail(self, operation: str, error: Exception, *, times: int | None = None, **when: Any) -> MockBigQuery:
        """Let a method of the REST API fail, such as `jobs.insert` or `tables.get`: with a rate limit, for example.

        `when` are names in its path (`project`, `dataset`, `table`, `job`), see `dagcheck.hooks.answers.Answer`.
        Raises UsageError for a method that there is not.
        """
        if operation not in OPERATIONS:
            raise UsageError(unknown("method of BigQuery's API", operation, OPERATIONS))
        self._book.add(Answer(method=operation, value=error, when=when, times=times))
        return self

    def delay(self, polls: int) -> MockBigQuery:
        """Let each job that begins from now on say this many times that it is running; deferrable operators defer."""
        self._world.polls = polls
        return self

    def page_size(self, rows: int) -> MockBigQuery:
        """Send at most this many rows, tables, datasets or jobs at once; the rest comes page by page."""
        self._world.page_size = rows
        return self

    def seed(self, table: str, rows: Sequence[Mapping[str, Any]] = (), schema: Any = None) -> MockBigQuery:
        """Add rows to a table, `dataset.table` or `project.dataset.table`; it is created where it is not there.

        Without `schema` (see QueryResult) a new table has the columns and types of the rows. Raises UsageError for
        values that the columns cannot take.
        """
        self._tables.seed(table, rows, schema)
        return self

    def dataset(self, *names: str) -> MockBigQuery:
        """Create datasets, `dataset` or `project.dataset`, that are not there."""
        for name in names:
            self._tables.create_dataset(name)
        return self

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table, each a mapping; raises UsageError with the nearest name if it is not there."""
        return self._tables.rows(table)

    @property
    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of every table by its name, `dataset.table`; with the project before it if that is another one."""
        return self._tables.all()

    @property
    def objects(self) -> dict[str, bytes]:
        """The objects of Cloud Storage that load and extract jobs see, by URL, `gs://bucket/name`; add your own."""
        return self._world.objects

    @property
    def jobs(self) -> list[Job]:
        """Every job, in order; dry runs are none."""
        return list(self._world.jobs.values())

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows that a statement of the test's own gives, each a mapping. Tier `embedded`.

        Raises BigQueryError, or UnsupportedSqlError for what the engine does not know.
        """
        if self._engine is None:
            raise UsageError("the tier fake runs no SQL: rows(table), or take the tier embedded")
        with self._world.lock:
            result = self._engine.run(sql, project=self.project)
        return [dict(zip([field.name for field in result.fields], row, strict=True)) for row in result.rows]

    @property
    def calls(self) -> list[Call]:
        """Every statement (method `query`) and every call of the REST API (`tables.get`, ...), in order."""
        return list(self._book.calls)

    @property
    def queries(self) -> list[str]:
        """The SQL of every statement, in order."""
        return [str(call.arguments["sql"]) for call in self.calls if call.method == "query"]

    def assert_queried(self, sql: Pattern) -> Call:
        """Return the only statement that is like this, see `answer`; AssertionError if there is none, or more."""
        wanted = Answer(method="query", value=None, when={"sql": matcher(sql)})
        found = [call for call in self.calls if wanted.fits(call)]
        if len(found) != 1:
            raise AssertionError(f"BigQuery: {wanted.when['sql']!r} was run {len(found)} times; {self._told()}")
        return found[0]

    def assert_not_queried(self, sql: Pattern | None = None) -> None:
        """AssertionError if a statement like this (or any, without one) was run."""
        wanted = Answer(method="query", value=None, when={} if sql is None else {"sql": matcher(sql)})
        if found := [call for call in self.calls if wanted.fits(call)]:
            raise AssertionError(f"BigQuery ran {found[0].arguments['sql']!r}; {self._told()}")

    def assert_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """AssertionError, telling what is missing and too much, unless a table has just these rows, in any order."""
        self._tables.assert_rows(table, rows)

    def assert_all_used(self) -> None:
        """Raise UnusedAnswerError (an AssertionError) if an answer, or a failure, was never asked for."""
        self._book.raise_unused()

    def verify(self, *, strict_answers: bool = False) -> None:
        """Raise the first statement without an answer, or beyond the engine, again: the code may have caught it.

        With `strict_answers`, raise UnusedAnswerError for an answer that nothing asked for.
        """
        self._book.verify(strict_answers=strict_answers)

    def _told(self) -> str:
        return "\n  ".join(["the statements were:", *self.queries]) if self.queries else "there was no statement"

    def _run(self, query: Query) -> Result:
        """Answer a statement, or run it: what the server does for a job."""
        call = Call(method="query", arguments=_arguments(query))
        try:
            return as_result(self._given(call, query), query.sql)
        except UnsupportedSqlError as error:
            self._book.keep(error)
            raise

    def _given(self, call: Call, query: Query) -> Any:
        if (known := partition_ids(self._world, query.sql)) is not None:
            return self._book.reply_or(call, lambda: known)
        if (engine := self._engine) is not None:
            return self._book.reply_or(call, lambda: _executed(engine, query))
        return self._book.reply(call, (), call.arguments)


def _engine() -> Engine:
    from dagcheck.hooks.bigquery.sql import Engine

    return Engine()


def _executed(engine: Engine, query: Query) -> Result:
    """Run a statement for real; a dry run of one that changes nothing may as well be a run."""
    if query.legacy:
        raise UnsupportedSqlError("legacy SQL (use_legacy_sql, which some operators have on unless told otherwise)")
    if query.dry_run and statement_type(query.sql) != "SELECT":
        raise UnsupportedSqlError("dry runs of anything but SELECT")
    return engine.run(query.sql, parameters=query.parameters, project=query.project, dataset=query.dataset)


def _arguments(query: Query) -> dict[str, Any]:
    """Return a statement and whatever comes with it, as a call's arguments."""
    named = {one.name: one.value for one in query.parameters if one.name}
    parameters = named or [one.value for one in query.parameters]
    told = {"parameters": parameters, "dataset": query.dataset, "labels": dict(query.labels), "dry_run": query.dry_run}
    return {"sql": query.sql, **{name: value for name, value in told.items() if value}}


def _of_statement(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def answer(*, sql: str, parameters: Any = None, **_: Any) -> Any:
        try:
            return function(sql, parameters)
        except Exception as error:
            if isinstance(getattr(error, "code", None), int):  # as those of google.api_core
                raise as_service_error(error) from error
            raise

    return answer


@contextmanager
def mocked_bigquery(
    tier: Choice = "auto",
    conn_ids: Sequence[str] = ("google_cloud_default",),
    project: str = PROJECT,
    *,
    strict_answers: bool = False,
) -> Iterator[MockBigQuery]:
    """Stand behind BigQueryHook, Google's clients and the operators until the block ends, with no dataset.

    `fake`: statements need answers, tables and everything else of the API work. `embedded`: statements without an
    answer are run by an engine in this process. `auto` is `embedded` where its parts are installed, else `fake`. At the
    end a statement without an answer is raised again, in case that the code caught it; with `strict_answers` an answer
    that nothing asked for is an error too. Raises TierUnavailableError for a tier that cannot run here.
    """
    mock = MockBigQuery(_able(resolved("bigquery", tier)), project)
    server = shared_server()
    server.enter(mock.api.answer)
    try:
        with directed(server.address, project, conn_ids) as mock.connected:
            yield mock
    finally:
        server.leave(mock.api.answer)
    mock.verify(strict_answers=strict_answers)


def _able(tier: Tier) -> Tier:
    """Raise TierUnavailableError where the engine of `embedded` is missing."""
    missing = [name for name in ENGINE if find_spec(name) is None]
    if tier == "embedded" and missing:
        raise TierUnavailableError(f"{' and '.join(missing)} not installed: pip install 'dagcheck[bigquery]'")
    if tier == "container":
        raise TierUnavailableError("bigquery has no tier container")
    return tier


__all__ = ["MockBigQuery", "QueryResult", "ServiceError", "mocked_bigquery"]
