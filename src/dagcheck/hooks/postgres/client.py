"""A connection for the test itself, past the hook, with whichever client library is installed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from dagcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagcheck.hooks.postgres.server import Address


def connect(address: Address) -> Any:
    """Return a DB-API connection that commits each statement; raises UsageError without psycopg 2 or 3."""
    arguments = {"host": address.host, "port": address.port, "user": address.user, "password": address.password}
    try:
        import psycopg
    except ImportError:
        return _connect_2(arguments, address.database)
    return psycopg.connect(**arguments, dbname=address.database, autocommit=True)


def _connect_2(arguments: dict[str, Any], database: str) -> Any:
    try:
        import psycopg2
    except ImportError:
        raise UsageError("neither psycopg nor psycopg2 is installed; the postgres provider brings one") from None
    connection = psycopg2.connect(**arguments, dbname=database)
    connection.autocommit = True
    return connection


@contextmanager
def cursor(address: Address) -> Iterator[Any]:
    """Yield a cursor on a connection of its own."""
    with closing(connect(address)) as connection, closing(connection.cursor()) as opened:
        yield opened


def rows_of(opened: Any) -> list[dict[str, Any]]:
    """Return what a statement selected, as one mapping per row; nothing for a statement that selects nothing."""
    if opened.description is None:
        return []
    names = [column[0] for column in opened.description]
    return [dict(zip(names, row, strict=True)) for row in opened.fetchall()]


def quoted(name: str) -> str:
    """Return a name, `schema.table` too, as an identifier."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def insertion(table: str, columns: Sequence[str]) -> str:
    """Return an INSERT with one placeholder for each column."""
    names, places = ", ".join(quoted(name) for name in columns), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quoted(table)} ({names}) VALUES ({places})"  # noqa: S608 -- every name is quoted
