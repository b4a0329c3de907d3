"""Variables, Connections and XComs in memory, for a test or a REPL: everything in this process reads and writes them.

    with airflow_variables(country="de", limits={"rows": 10}) as variables:
        run = run_dag("orders", "2024-01-01")
    assert variables.written == {"last_run": "2024-01-01"}

`Variable.get`, `BaseHook.get_connection`, templates, `xcom_pull`, the ways of airflow.sdk and of airflow.models are all
answered alike, by the installed version's own code (defaults, JSON, masking, kinds of errors). The metadata DB is
never asked, nor are secrets backends; what is not given may come from AIRFLOW_VAR_... and AIRFLOW_CONN_....
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagcheck.connections import connection_text, variable_text
from dagcheck.errors import ConfigError, UnknownIdError, UsageError, unknown
from dagcheck.tables import Access, TextTable, XComKey, XComTable
from dagcheck.value_files import read_connections, read_variables

__all__ = ["Access", "Connections", "Variables", "XComs", "airflow_connections", "airflow_variables", "airflow_xcoms"]


class _History:
    """What was done to a store, in order."""

    def __init__(self) -> None:
        self.history: list[Access] = []

    @property
    def reads(self) -> list[str]:
        """What was read, in order, whether it was there or not."""
        return [one.key for one in self.history if one.action == "read"]

    @property
    def missing(self) -> list[str]:
        """What was read and was not there, each once."""
        return list(dict.fromkeys(one.key for one in self.history if one.action == "read" and not one.found))


class Variables(_History):
    """The Variables of a test, a mapping of names to texts; a value that is no text is stored as JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.given: dict[str, str] = {}
        self.table = TextTable("variable", self.given, self.history.append, environment_last=True)

    def set(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        """Give Variables, as `airflow variables set` would: they are not in the history."""
        self.given.update({key: variable_text(value) for key, value in {**(values or {}), **more}.items()})

    def load(self, path: str | os.PathLike[str]) -> None:
        """Give those in a file of `airflow variables import`: JSON, YAML or .env. Raises ConfigError."""
        self.given.update(_read(read_variables, path))

    @property
    def written(self) -> dict[str, str | None]:
        """What code has set, None for what it has deleted."""
        return self.table.written()

    def __getitem__(self, key: str) -> str:
        """Return what `Variable.get` would now; raises UnknownIdError, a KeyError."""
        value = self.table.look_up(key)
        if value is None:
            raise UnknownIdError(unknown("variable", key, self.table.keys()))
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        self.set({key: value})

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.table.look_up(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.table.keys()))

    def __len__(self) -> int:
        return len(self.table.keys())


class Connections(_History):
    """The Connections of a test: give each as a URI, as JSON, as a dict of its fields or as Airflow's own object."""

    def __init__(self) -> None:
        super().__init__()
        self.given: dict[str, str] = {}
        self.table = TextTable("connection", self.given, self.history.append, environment_last=True)

    def set(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        """Give Connections; raises UsageError, which never tells a value."""
        for conn_id, value in {**(values or {}), **more}.items():
            self[conn_id] = value

    def load(self, path: str | os.PathLike[str]) -> None:
        """Give those in a file of `airflow connections import`: JSON, YAML or .env. Raises ConfigError."""
        self.given.update(_read(read_connections, path))

    def __setitem__(self, conn_id: str, value: Any) -> None:
        try:
            self.given[conn_id] = connection_text(conn_id, value)
        except ValueError as error:
            raise UsageError(f"connection {conn_id!r}: {error}") from None

    def __delitem__(self, conn_id: str) -> None:
        if conn_id not in self.given:
            raise UnknownIdError(unknown("connection", conn_id, self.given))
        del self.given[conn_id]

    def __contains__(self, conn_id: object) -> bool:
        return isinstance(conn_id, str) and self.table.look_up(conn_id) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.table.keys()))

    def __len__(self) -> int:
        return len(self.table.keys())


class XComs(_History):
    """The XComs of a test, through the installed version's own serialisation and XCom backend."""

    def __init__(self) -> None:
        super().__init__()
        self.table = XComTable(self.history.append)

    def set(
        self,
        task_id: str,
        value: Any,
        *,
        key: str = "return_value",
        map_index: int = -1,
        dag_id: str | None = None,
        run_id: str | None = None,
    ) -> None:
        """Push a value for tasks to pull; without `dag_id` and `run_id` it is there for every DAG and run.

        Raises what Airflow's serialisation raises for the value. A task that runs clears its own, as ever.
        """
        from dagcheck._airflow.xcoms import push

        where = XComKey(dag_id=dag_id, run_id=run_id, task_id=task_id, key=key, map_index=map_index)
        push(self.table, where, value)
        self.history.pop()  # giving is no access

    def get(self, task_id: str, *, key: str = "return_value", map_index: int = -1) -> Any:
        """Return what a task pushed last; None if it pushed nothing."""
        from dagcheck._airflow.xcoms import plain

        wanted = (task_id, key, map_index)
        found = [one for one in self.table.items() if (one[0].task_id, one[0].key, one[0].map_index) == wanted]
        return plain(*found[-1]) if found else None


@contextmanager
def airflow_variables(values: Mapping[str, Any] | None = None, /, **more: Any) -> Iterator[Variables]:
    """Let these Variables be all there are, in a block."""
    variables = Variables()
    variables.set(values, **more)
    with _answering(variables=variables.table):
        yield variables


@contextmanager
def airflow_connections(values: Mapping[str, Any] | None = None, /, **more: Any) -> Iterator[Connections]:
    """Let these Connections be all there are, in a block."""
    connections = Connections()
    connections.set(values, **more)
    with _answering(connections=connections.table):
        yield connections


@contextmanager
def airflow_xcoms(values: Mapping[str, Any] | None = None, /, **more: Any) -> Iterator[XComs]:
    """Let these XComs be there in a block: the return values of tasks by task id; see `XComs.set` for all others."""
    xcoms = XComs()
    with _answering(xcoms=xcoms.table):
        for task_id, value in {**(values or {}), **more}.items():
            xcoms.set(task_id, value)
        yield xcoms


@contextmanager
def _answering(**tables: Any) -> Iterator[None]:
    from dagcheck._airflow import stores, xcom_methods
    from dagcheck._airflow.xcom_messages import XComMessages

    own = stores.Stores(**tables, messages=XComMessages() if "xcoms" in tables else None, hint=_how_to_give)
    with stores.answering(own):
        if "xcoms" not in tables:
            yield
            return
        with xcom_methods.seams():
            yield


def _how_to_give(kind: str, key: str) -> str:
    return f"the test has no {kind} {key!r}: give it by airflow_{kind}s.set({{{key!r}: ...}})"


def _read(reader: Any, path: str | os.PathLike[str]) -> dict[str, str]:
    try:
        found: dict[str, str] = reader(Path(path))
    except ValueError as error:
        raise ConfigError(f"{os.fspath(path)}: {error}") from None
    return found
