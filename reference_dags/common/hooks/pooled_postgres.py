"""A PostgreSQL hook that keeps a few connections and lends them; see components/customers_warehouse.py (C2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from copy import deepcopy
from threading import Lock
from typing import Any, TypeVar

import tenacity
from airflow.providers.postgres.hooks.postgres import PostgresHook

Result = TypeVar("Result")


class ConnectionLostError(ConnectionError):
    """The server went away in the middle of a transaction, which it has therefore undone."""


class PooledPostgresHook(PostgresHook):
    """PostgresHook whose connections come from a pool, and whose `close()` on one of them gives it back.

    Everything inherited (`run`, `get_records`, `insert_rows` ...) closes what it takes from `get_conn`, so it all is
    pooled and nothing leaks. A connection that the server has dropped is noticed when it is lent, and replaced.

    `pool_size` is the most that this hook ever has open; who comes later waits `pool_timeout` seconds. A server that
    does not answer costs `connect_timeout`, a statement that hangs `statement_timeout` seconds; what the Connection's
    own extra says goes before these.
    """

    def __init__(
        self,
        postgres_conn_id: str = "postgres_default",
        *,
        pool_size: int = 5,
        pool_timeout: float = 30,
        connect_timeout: int = 5,
        statement_timeout: float = 60,
        attempts: int = 3,
        **kwargs: Any,
    ) -> None:
        limits = {"connect_timeout": connect_timeout, "options": f"-c statement_timeout={statement_timeout * 1000:.0f}"}
        connection = _limited(self.get_connection(postgres_conn_id), limits)
        super().__init__(postgres_conn_id, connection=connection, **kwargs)
        self._pool = {"pool_size": pool_size, "pool_timeout": pool_timeout}
        self._attempts = attempts
        self._engine: Any = None
        self._lock = Lock()

    def get_conn(self) -> Any:
        """Lend a connection; `close()` gives it back, rolled back if need be.

        Tries again, `attempts` times in all, while the server cannot be reached. Raises sqlalchemy.exc.TimeoutError
        when all connections are out for longer than `pool_timeout`.
        """
        with self._lock:
            engine = self._engine = self._engine or self._make_engine()
        lent = self._retrying(engine.dialect.dbapi.OperationalError)(engine.pool.connect)
        self.set_autocommit(lent, autocommit=False)  # whatever who had it before has set
        return lent

    def set_autocommit(self, conn: Any, autocommit: Any) -> None:
        """Set it on the driver's own connection: on the pool's wrapper it would have no effect."""
        super().set_autocommit(getattr(conn, "dbapi_connection", conn), autocommit)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Lend a cursor; everything inside is committed at the end, or undone by any exception.

        Raises ConnectionLostError if the server went away before the commit.
        """
        with closing(self.get_conn()) as lent:
            driver = lent.dbapi_connection
            try:
                with closing(lent.cursor()) as cursor:
                    yield cursor
            except Exception as error:
                if driver.closed:
                    lent.invalidate()
                    raise ConnectionLostError(
                        f"lost the connection to {getattr(self, self.conn_name_attr)}: {error}"
                    ) from error
                raise
            lent.commit()

    def in_transaction(self, work: Callable[[Any], Result]) -> Result:
        """Return what `work` makes of a cursor; all over again, `attempts` times in all, if the connection is lost.

        A connection that is lost during the commit itself is not tried again: nobody knows what the server did.
        """

        def once() -> Result:
            with self.transaction() as cursor:
                return work(cursor)

        made: Result = self._retrying(ConnectionLostError)(once)
        return made

    def dispose(self) -> None:
        """Close the connections that are in the pool."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _make_engine(self) -> Any:
        from sqlalchemy import create_engine

        return create_engine(self.get_uri(), creator=self._open, max_overflow=0, pool_pre_ping=True, **self._pool)

    def _open(self) -> Any:
        with self._lock:  # the provider returns what it has put into an attribute
            return super().get_conn()

    def _retrying(self, kind: type[Exception]) -> tenacity.Retrying:
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(kind),
            stop=tenacity.stop_after_attempt(self._attempts),
            wait=tenacity.wait_random_exponential(multiplier=0.1, max=5),
            reraise=True,
        )


def _limited(connection: Any, limits: Mapping[str, Any]) -> Any:
    limited = deepcopy(connection)
    limited.extra = json.dumps({**limits, **connection.extra_dejson})
    return limited
