"""DuckDB: one instance per process, offline, in which each engine has a database of its own; functions in Python.

Starting an instance costs 30 ms and more, attaching an empty database to it one. A function is registered when it is
first used.
"""

from __future__ import annotations

import atexit
import functools
import inspect
import itertools
import os
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    "threads": "1",  # order of rows is what ARRAY(...) and LIMIT see
}
_REFUSED = "dagcheck refuses: "
_WORDS = "dagcheck says: "
_END = " :dagcheck"
_lock = threading.RLock()
_names = itertools.count()


class _Instance:
    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:", config=_CONFIG)
        self.functions: dict[tuple[Any, ...], str] = {}
        self.cursors: dict[str, duckdb.DuckDBPyConnection] = {}
        atexit.register(self.close)

    def close(self) -> None:
        """Let go of everything before the interpreter ends: DuckDB's binding complains of what is left then."""
        while self.cursors:
            self.cursors.popitem()[1].close()
        self.connection.close()

    def detach(self, name: str) -> None:
        """Drop the database of this name."""
        with _lock:
            cursor = self.cursors.pop(name, None)
            if cursor is not None:
                cursor.execute("USE memory")
                cursor.close()
                self.connection.execute(f"DETACH {name}")


@functools.cache
def _instance(_process: int) -> _Instance:
    return _Instance()  # a forked child gets its own: threads of DuckDB do not survive a fork


class Database:
    """A database in memory; dropped when nobody refers to it."""

    def __init__(self) -> None:
        with _lock:
            self.name = f"engine{next(_names)}"
            self._instance = _instance(os.getpid())
            self._instance.connection.execute(f"ATTACH ':memory:' AS {self.name}")
            self._cursor = self._instance.connection.cursor()
            self._cursor.execute(f"USE {self.name}")
            self._instance.cursors[self.name] = self._cursor
            self.close = weakref.finalize(self, self._instance.detach, self.name)
            """Gives the memory back."""
            self.close.atexit = False  # the instance ends then, with all of them

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement of DuckDB and return its rows; what fails is told as BigQuery would."""
        try:
            found: list[tuple[Any, ...]] = self._cursor.execute(sql, list(values)).fetchall()
        except duckdb.Error as error:
            raise _told(error) from error
        return found

    def function(
        self, call: Callable[..., Any], takes: Sequence[str], gives: str, *, nulls: bool = False, safe: bool = False
    ) -> str:
        """Return the name under which DuckDB knows a function of Python.

        Without `nulls`, NULL in means NULL out. With `safe`, so does an error.
        """
        key = (call, tuple(takes), gives, nulls, safe)
        with _lock:
            if key not in self._instance.functions:
                name = f"python{len(self._instance.functions)}"
                self._register(name, _guarded(call, safe=safe), key)
                self._instance.functions[key] = name
            return self._instance.functions[key]

    def _register(self, name: str, call: Callable[..., Any], key: tuple[Any, ...]) -> None:
        _, takes, gives, nulls, _ = key
        wrapped = call if nulls else _null_in_null_out(call)
        names = [inspect.Parameter(f"a{i}", inspect.Parameter.POSITIONAL_ONLY) for i in range(len(takes))]
        wrapped.__signature__ = inspect.Signature(names)  # type: ignore[attr-defined] # DuckDB counts the parameters
        self._instance.connection.create_function(name, wrapped, list(takes), gives, null_handling="special")


def refusal(construct: str) -> str:
    """Return the text of an error, raised while DuckDB runs, that becomes an UnsupportedSqlError."""
    return f"{_REFUSED}{construct}{_END}"


def words(message: str) -> str:
    """Return the text of an error, raised while DuckDB runs, that becomes a BigQueryError."""
    return f"{_WORDS}{message}{_END}"


def _guarded(call: Callable[..., Any], *, safe: bool) -> Callable[..., Any]:
    def guarded(*arguments: Any) -> Any:
        try:
            return call(*arguments)
        except UnsupportedSqlError as error:
            raise ValueError(refusal(error.construct)) from None
        except BigQueryError as error:
            if safe:
                return None
            raise ValueError(words(error.message)) from None

    return guarded


def _null_in_null_out(call: Callable[..., Any]) -> Callable[..., Any]:
    def strict(*arguments: Any) -> Any:
        return None if any(argument is None for argument in arguments) else call(*arguments)

    return strict


_TOLD = (
    ("NOT NULL constraint failed", "Required field cannot be null"),
    ("cannot contain aggregates", "An aggregate function is not allowed here"),
    ("cannot contain window functions", "An analytic function is not allowed here"),
    ("cannot be nested", "Aggregations of aggregations are not allowed"),
    ("must appear in the GROUP BY clause", "An expression references a column which is neither grouped nor aggregated"),
    ("More than one row returned by a subquery", "Scalar subquery produced more than one element"),
)


def _told(error: duckdb.Error) -> Exception:
    text = str(error)
    for mark, kind in ((_REFUSED, UnsupportedSqlError), (_WORDS, BigQueryError)):
        if mark in text and _END in text:
            return kind(text.partition(mark)[2].partition(_END)[0])
    if isinstance(error, duckdb.OutOfRangeException) or "out of range" in text.lower():
        return BigQueryError(text.partition("Error: ")[2] or text)
    for theirs, ours in _TOLD:
        if theirs in text:
            return BigQueryError(ours)
    return UnsupportedSqlError(f"this statement (DuckDB: {text.splitlines()[0]})")
