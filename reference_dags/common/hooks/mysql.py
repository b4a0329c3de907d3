"""A small MySQL hook on PyMySQL, which is pure Python: no client library has to be compiled on a worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from airflow.providers.common.sql.hooks.sql import DbApiHook


class PyMySqlHook(DbApiHook):
    """DbApiHook for a Connection of type `mysql`; everything that DbApiHook does works, and `stream` besides."""

    conn_name_attr = "mysql_conn_id"
    default_conn_name = "mysql_default"
    conn_type = "mysql"
    hook_name = "MySQL (PyMySQL)"
    supports_autocommit = True

    def get_conn(self) -> Any:
        """Connect; reading and connecting have timeouts, so a server that hangs does not hold the worker."""
        import pymysql

        given = self.get_connection(getattr(self, self.conn_name_attr))
        return pymysql.connect(
            host=given.host or "localhost",
            port=int(given.port or 3306),
            user=given.login,
            password=given.password or "",
            database=given.schema,
            charset="utf8mb4",
            connect_timeout=10,
            read_timeout=600,
        )

    def set_autocommit(self, conn: Any, autocommit: bool) -> None:  # noqa: FBT001 - DbApiHook's signature
        """PyMySQL has a method for it."""
        conn.autocommit(autocommit)

    def get_autocommit(self, conn: Any) -> bool:
        """As above."""
        return bool(conn.get_autocommit())

    def stream(self, sql: str, parameters: Any = None, *, size: int = 1000) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, of which memory holds `size` at a time."""
        from pymysql.cursors import SSCursor

        with closing(self.get_conn()) as connection, closing(connection.cursor(SSCursor)) as cursor:
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(size):
                yield from rows
