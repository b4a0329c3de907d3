"""The one place in the postgres provider where a connection is opened, by its generation.

7.x has PostgresHook._create_connection; 6.3 to 6.7 call the module's name `ppg2_connect` or, where psycopg 3 is used,
`psycopg.Connection.connect`; before, `psycopg2.connect` (airflow/providers/postgres/hooks/postgres.py, get_conn).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

from dagcheck.replacing import replaced


@contextmanager
def diverted(connect: Callable[..., Any]) -> Iterator[None]:
    """Let PostgresHook open its connections by `connect`, whose keywords are those of psycopg, until the block ends."""
    with ExitStack() as stack:
        for owner, name, value in _doors(connect):
            stack.enter_context(replaced(owner, **{name: value}))
        yield


def _doors(connect: Callable[..., Any]) -> Iterator[tuple[Any, str, Any]]:
    """Yield owner, name and what is to stand there."""
    from airflow.providers.postgres.hooks import postgres

    if hasattr(postgres.PostgresHook, "_create_connection"):
        yield postgres.PostgresHook, "_create_connection", lambda _hook, arguments: connect(**arguments)
    elif getattr(postgres, "USE_PSYCOPG3", False):
        from psycopg.connection import Connection

        yield Connection, "connect", staticmethod(connect)
        yield postgres, "register_default_adapters", lambda _connection: None
    elif hasattr(postgres, "ppg2_connect"):
        yield postgres, "ppg2_connect", connect
    else:
        yield postgres, "psycopg2", SimpleNamespace(**{**vars(postgres.psycopg2), "connect": connect})
