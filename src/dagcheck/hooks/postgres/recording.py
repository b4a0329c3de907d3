"""A DB-API connection with nothing behind it: notes what comes, answers what the test prepared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dagcheck.errors import UsageError
from dagcheck.hooks.answers import Answer, Call
from dagcheck.hooks.sql import matcher
from dagcheck.hooks.sql_book import SqlBook

if TYPE_CHECKING:
    from typing_extensions import Self

_TO_STDOUT = re.compile(r"\bto\s+stdout\b", re.I)
# What a session says of itself needs no answer.
_OWN = re.compile(r"\s*(begin|start transaction|commit|rollback|savepoint|release|set|reset|discard)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a statement gives: rows (mappings or sequences), column names for sequences, the rows it changed."""

    rows: Sequence[Any] = ()
    columns: Sequence[str] = ()
    changed: int | None = None

    def names(self) -> list[str]:
        """Return the column names; made up where sequences came without any."""
        first = self.rows[0] if self.rows else ()
        if isinstance(first, Mapping):
            return list(self.columns or first)
        return list(self.columns) or [f"column{number}" for number, _ in enumerate(first, 1)]

    def tuples(self) -> list[tuple[Any, ...]]:
        """Return the rows as DB-API has them."""
        names = self.names()
        return [tuple(row[name] for name in names) if isinstance(row, Mapping) else tuple(row) for row in self.rows]


class Recorder:
    """The far end of all connections of a test: its statements and transactions, in order."""

    def __init__(self, subject: str) -> None:
        self.book = SqlBook(subject, "execute", "mock_postgres")
        self.transactions: list[str] = []
        self.dsns: list[dict[str, Any]] = []

    def connect(self, **dsn: Any) -> RecordingConnection:
        """Note what a connection is opened with, and return one; stands in for psycopg's own `connect`.

        Raises UsageError for rows of another kind than tuples.
        """
        for factory in ("cursor_factory", "row_factory"):
            if dsn.get(factory) is not None:
                raise UsageError(f"the tier fake has rows as tuples alone; for {factory} take the tier embedded")
        self.dsns.append(dsn)
        return RecordingConnection(self)

    def answer(self, pattern: str | re.Pattern[str] | Callable[[str], bool], result: Any, times: int | None) -> None:
        """Answer statements; `result` is a Result, rows, an exception, or a function of SQL and parameters."""
        self.book.add(Answer(method="execute", value=result, when={"sql": matcher(pattern)}, times=times))

    def run(self, sql: str, parameters: Any) -> Result:
        """Note a statement and return its result; raises UnansweredCallError where there is none."""
        arguments = {"sql": sql} if parameters is None else {"sql": sql, "parameters": parameters}
        if _OWN.match(sql):
            self.book.calls.append(Call(method="execute", arguments=arguments))
            return Result()
        given = self.book.reply(Call(method="execute", arguments=arguments), (sql, parameters), {})
        return given if isinstance(given, Result) else Result(rows=tuple(given or ()))


class RecordingCursor:
    """A cursor of psycopg 2 or 3, as far as hooks use one."""

    arraysize = 1

    def __init__(self, connection: RecordingConnection) -> None:
        self.connection = connection
        self.description: list[tuple[Any, ...]] | None = None
        self.rowcount = -1
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self.closed = False

    def execute(self, sql: Any, parameters: Any = None, **_: Any) -> RecordingCursor:
        """Run one statement, or several that belong together."""
        result = self.connection.recorder.run(_text(sql, self.connection), parameters)
        names, rows = result.names(), result.tuples()
        self.description = [(name, None, None, None, None, None, None) for name in names] if names else None
        self.rowcount = len(rows) if result.changed is None else result.changed
        self._rows = iter(rows)
        return self

    def executemany(self, sql: Any, rows: Iterable[Any]) -> None:
        """Run a statement for each set of parameters."""
        count = 0
        for parameters in rows:
            self.execute(sql, parameters)
            count += max(self.rowcount, 0)
        self.rowcount = count

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, None after the last."""
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Return up to `size` rows."""
        return [row for _, row in zip(range(size or self.arraysize), self._rows, strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows that are left."""
        return list(self._rows)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:  # noqa: ARG002 -- psycopg2's signature
        """COPY FROM reads the file, whose text is the statement's parameter; COPY TO writes the rows, tab separated."""
        text = _text(sql, self.connection)
        if _TO_STDOUT.search(text):
            file.write(b"".join(self._copied_out(text)).decode())
        else:
            self.execute(text, file.read())

    @contextmanager
    def copy(self, sql: Any) -> Iterator[RecordingCopy]:
        """COPY of psycopg 3, noted as that of psycopg 2 is."""
        text = _text(sql, self.connection)
        copy = RecordingCopy(self._copied_out(text) if _TO_STDOUT.search(text) else ())
        yield copy
        if not _TO_STDOUT.search(text):
            self.execute(text, b"".join(copy.written).decode())

    def _copied_out(self, text: str) -> Iterator[bytes]:
        self.execute(text)
        return ("\t".join(map(str, row)).encode() + b"\n" for row in self._rows)

    def close(self) -> None:
        """Close it."""
        self.closed = True

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows that are left."""
        return self._rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RecordingCopy:
    """What psycopg 3 has between a COPY and its end: blocks to read, or a place to write to."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self.written: list[bytes] = []

    def write(self, data: bytes | str) -> None:
        """Take a block."""
        self.written.append(data.encode() if isinstance(data, str) else bytes(data))

    def __iter__(self) -> Iterator[bytes]:
        """Yield the blocks."""
        return self._blocks


class RecordingConnection:
    """A connection of psycopg 2 or 3, as far as hooks use one."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.autocommit = False
        self.closed = 0
        self.notices: list[str] = []
        self.encoding = "UTF8"

    def cursor(self, *_: Any, **__: Any) -> RecordingCursor:
        """Open a cursor; names and factories make no difference."""
        return RecordingCursor(self)

    def commit(self) -> None:
        """Note it."""
        self.recorder.transactions.append("commit")

    def rollback(self) -> None:
        """Note it."""
        self.recorder.transactions.append("rollback")

    def close(self) -> None:
        """Close it."""
        self.closed = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the transaction, as both psycopg do."""
        (self.rollback if kind else self.commit)()


def _text(sql: Any, connection: RecordingConnection) -> str:
    """Both psycopg have composed statements (`psycopg.sql`)."""
    if isinstance(sql, bytes):
        return sql.decode()
    return sql if isinstance(sql, str) else str(sql.as_string(connection))
