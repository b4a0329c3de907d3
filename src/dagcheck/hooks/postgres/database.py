"""A real database for one test: seeded and looked at by the test, used by the hook."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from dagcheck.errors import UsageError
from dagcheck.hooks.postgres.client import cursor, insertion, rows_of
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
    """A database at an address: everything in it is the test's."""

    def __init__(self, address: Address) -> None:
        self.address = address

    def reset(self) -> None:
        """Drop whatever is in it, and end connections that were left open; about 10 ms."""
        with cursor(self.address) as opened:
            opened.execute(_OTHERS)
            opened.execute(_SCHEMAS)
            for (schema,) in opened.fetchall():
                opened.execute(f"DROP SCHEMA {schema} CASCADE")
            opened.execute("CREATE SCHEMA public")

    def execute(self, script: str) -> None:
        """Run statements, such as CREATE TABLE, one after the other."""
        with cursor(self.address) as opened:
            opened.execute(script)

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run one statement and return its rows, each a mapping by column name."""
        with cursor(self.address) as opened:
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
        with cursor(self.address) as opened:
            opened.executemany(insertion(table, columns), [[row[name] for name in columns] for row in rows])
