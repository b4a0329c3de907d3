"""A real database for one test: seeded and looked at by the test, used by the hook."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from dagcheck.errors import UsageError
from dagcheck.hooks.postgres.client import connect, insertion, rows_of
from dagcheck.hooks.postgres.server import Address, Server
from dagcheck.hooks.shared import at_end

# Objects that a test left; pg_ and information_schema are PostgreSQL's own.
_SCHEMAS = "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_lock = threading.Lock()
_running: list[tuple[Server, Address]] = []


def shared_server() -> Address:
    """Return this process's own server, started when it is first asked for and stopped with the session."""
    with _lock:
        if not _running:
            server = Server()
            _running.append((server, server.start()))
            at_end(stop_shared_server)
        return _running[0][1]


def stop_shared_server() -> None:
    """Stop it now; the next one who asks gets a new one."""
    with _lock:
        while _running:
            _running.pop()[0].stop()


class Database:
    """A database at an address: everything in it is the test's, which has one connection to it of its own."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._connection: Any = None

    def close(self) -> None:
        """End the test's connection; whatever is asked afterwards opens another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self.address)
        with closing(self._connection.cursor()) as opened:
            yield opened

    def reset(self) -> None:
        """Drop whatever is in it, and end connections that were left open; about 10 ms."""
        with self._cursor() as opened:
            opened.execute(_OTHERS)
            opened.execute(_SCHEMAS)
            for (schema,) in opened.fetchall():
                opened.execute(f"DROP SCHEMA {schema} CASCADE")
            opened.execute("CREATE SCHEMA public")

    def execute(self, script: str) -> None:
        """Run statements, such as CREATE TABLE, one after the other."""
        with self._cursor() as opened:
            opened.execute(script)

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run one statement and return its rows, each a mapping by column name."""
        with self._cursor() as opened:
            opened.execute(sql, parameters)
            return rows_of(opened)

    def seed(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows into a table that exists; every row must have the same columns."""
        if not rows:
            return
        columns = list(rows[0])
        for number, row in enumerate(rows):
            if row.keys() != rows[0].keys():
                raise UsageError(f"{table}, row {number}: has the columns {list(row)}, the first row has {columns}")
        with self._cursor() as opened:
            opened.executemany(insertion(table, columns), [[row[name] for name in columns] for row in rows])
