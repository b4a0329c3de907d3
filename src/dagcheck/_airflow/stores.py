"""Variables and Connections that DAG files read while they are parsed: answered from the configuration.

Airflow's own code does the rest (defaults, JSON, masking, kinds of errors), so that a file sees what it sees in the
DAG processor. Environment variables AIRFLOW_VAR_... and AIRFLOW_CONN_... come first, as everywhere in Airflow; they
are part of the configured environment, or set by the file itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Literal

from dagcheck._airflow import versions

Kind = Literal["variable", "connection"]
OnRead = Callable[[Kind, str, bool], None]


class Stores:
    """What is configured, and what the file at hand has written over it."""

    def __init__(self, variables: Mapping[str, str], connections: Mapping[str, str], on_read: OnRead) -> None:
        self._variables = variables
        self._connections = connections
        self._on_read = on_read
        self._written: dict[str, str | None] = {}  # None: deleted

    def clear(self) -> None:
        """Forget what was written; to be called between files."""
        self._written.clear()

    def variable(self, key: str) -> str | None:
        """Return a Variable's text; None if there is none."""
        value = self._look_up(key)
        self._on_read("variable", key, value is not None)
        return value

    def connection(self, conn_id: str) -> str | None:
        """Return a Connection as a URI or JSON text; None if there is none."""
        value = os.environ.get(f"AIRFLOW_CONN_{conn_id.upper()}", self._connections.get(conn_id))
        self._on_read("connection", conn_id, value is not None)
        return value

    def write(self, key: str, value: str) -> None:
        """Set a Variable until `clear`."""
        self._on_read("variable", key, self._look_up(key) is not None)
        self._written[key] = value

    def delete(self, key: str) -> int:
        """Delete a Variable until `clear`; return how many there were."""
        found = self._look_up(key) is not None
        self._on_read("variable", key, found)
        self._written[key] = None
        return int(found)

    def keys(self, prefix: str | None) -> list[str]:
        """Return the names of all Variables."""
        self._on_read("variable", f"{prefix or ''}*", True)  # noqa: FBT003 -- the callback's own signature
        names = {*self._variables, *self._written}
        return sorted(name for name in names if name.startswith(prefix or "") and self._look_up(name) is not None)

    def _look_up(self, key: str) -> str | None:
        from_environment = os.environ.get(f"AIRFLOW_VAR_{key.upper()}")
        if from_environment is not None:
            return from_environment
        return self._written[key] if key in self._written else self._variables.get(key)


def install(variables: Mapping[str, str], connections: Mapping[str, str], on_read: OnRead) -> Stores:
    """Answer every Variable and Connection of Airflow from `variables` (texts) and `connections` (URIs or JSON).

    `on_read(kind, key, found)` is called at each reading, writing and deleting. What is missing gives the call's own
    default, else the installed version's own kind of error, whose message says how to declare it. The metadata DB is
    never asked. To be called once per process.
    """
    stores = Stores(variables, connections, on_read)
    if versions.at_least(3, 0):
        from dagcheck._airflow import supervisor

        supervisor.answer_from(stores)
    else:
        from dagcheck._airflow import secrets

        secrets.answer_from(stores)
    return stores


def how_to_declare(kind: Kind, key: str) -> str:
    """Return what to do about a missing Variable or Connection."""
    table = f"[tool.dagcheck.{kind}s]"
    return f"dagcheck does not know the {kind} {key!r}: add it under {table} or {kind}s_files"
