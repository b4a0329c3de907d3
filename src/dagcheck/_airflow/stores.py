"""Where Airflow gets Variables and Connections from while DAG files are parsed and tasks run: never the metadata DB.

Airflow's own code does the rest (defaults, JSON, masking, kinds of errors), so that code sees what it sees in
production. Stores can be nested: the innermost that has a value answers, the innermost of a kind is written to.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from dagcheck._airflow import versions
from dagcheck.tables import Kind, OnAccess, TextTable, XComTable

Hint = Callable[[Kind, str], str]


def how_to_declare(kind: Kind, key: str) -> str:
    """Return what to do about a Variable or Connection that is missing while files are checked."""
    table = f"[tool.dagcheck.{kind}s]"
    return f"dagcheck does not know the {kind} {key!r}: add it under {table} or {kind}s_files"


def how_to_give(kind: Kind, key: str) -> str:
    """Return what to do about one that is missing while a test runs a DAG."""
    return f"the test has no {kind} {key!r}: give it to run_dag({kind}s={{...}}) or to the fixture airflow_{kind}s"


class Stores:
    """Tables that answer together; a kind of which there is no table is left to the stores outside of these.

    `messages` answers what else Airflow 3 asks its supervisor: an object with a method per message's class name.
    `otherwise` returns what answers a message, by its class's name, for which nobody has a method.
    `hint` says what to do about a missing value.
    """

    def __init__(
        self,
        variables: TextTable | None = None,
        connections: TextTable | None = None,
        xcoms: XComTable | None = None,
        *,
        messages: Any = None,
        otherwise: Callable[[str], Callable[[Any], Any]] | None = None,
        hint: Hint = how_to_declare,
    ) -> None:
        self.tables: dict[Kind, TextTable] = {t.kind: t for t in (variables, connections) if t is not None}
        self.xcoms = xcoms
        self.messages = messages
        self.otherwise = otherwise
        self.hint = hint

    def clear(self) -> None:
        """Forget what was written; to be called between files."""
        for table in self.tables.values():
            table.clear()


_active: list[Stores] = []
_seams = ExitStack()
_lock = threading.RLock()


def configured(variables: Mapping[str, str], connections: Mapping[str, str], on_access: OnAccess) -> Stores:
    """Return the stores of a DAG file that is parsed: `variables` are texts, `connections` URIs or JSON.

    What is missing gives the call's own default, else the installed version's own kind of error, whose message says
    how to declare it.
    """
    return Stores(TextTable("variable", variables, on_access), TextTable("connection", connections, on_access))


def install(variables: Mapping[str, str], connections: Mapping[str, str], on_access: OnAccess) -> Stores:
    """Let such stores answer until the process ends; `on_access` is called at each reading, writing and deleting."""
    made = configured(variables, connections, on_access)
    _enter(made)
    return made


@contextmanager
def answering(stores: Stores) -> Iterator[Stores]:
    """Let these stores answer within the block; afterwards everything is as it was."""
    _enter(stores)
    try:
        yield stores
    finally:
        _leave(stores)


def _enter(stores: Stores) -> None:
    with _lock:
        if not _active:
            _seams.enter_context(_of_the_version())
        _active.append(stores)


def _leave(stores: Stores) -> None:
    with _lock:
        _active[:] = [one for one in _active if one is not stores]
        if not _active:
            _seams.close()
            _NOTHING["variable"].clear()


def _of_the_version() -> AbstractContextManager[None]:
    if versions.at_least(3, 0):
        from dagcheck._airflow import supervisor

        return supervisor.seams()
    from dagcheck._airflow import secrets

    return secrets.seams()


def knows(kind: Kind, key: str) -> bool:
    """Tell whether there is such a Variable or Connection; nobody is told of the question."""
    return any(table.look_up(key) is not None for table in _tables(kind))


def read(kind: Kind, key: str) -> str | None:
    """Return the text of a Variable or Connection; every table that was asked tells of it."""
    for table in _tables(kind):
        value = table.read(key)
        if value is not None:
            return value
    return None


def write(key: str, value: str) -> None:
    """Set a Variable."""
    _tables("variable")[0].write(key, value)


def delete(key: str) -> int:
    """Delete a Variable; return how many there were."""
    found = any(table.look_up(key) is not None for table in _tables("variable"))
    for table in _tables("variable"):
        table.delete(key)
    return int(found)


def keys(prefix: str | None) -> list[str]:
    """Return the names of all Variables that begin with the prefix."""
    _tables("variable")[0].tell("read", f"{prefix or ''}*", found=True)
    names = {key for table in _tables("variable") for key in table.keys()}  # noqa: SIM118 -- it is no dict
    return sorted(name for name in names if name.startswith(prefix or ""))


def hint(kind: Kind, key: str) -> str:
    """Return what to do about a missing value."""
    return _active[-1].hint(kind, key)


def xcoms() -> XComTable | None:
    """Return the innermost table of XComs."""
    return next((stores.xcoms for stores in reversed(_active) if stores.xcoms is not None), None)


def message_handler(name: str) -> Callable[[Any], Any] | None:
    """Return what answers a message of Airflow 3, by its class's name."""
    for stores in reversed(_active):
        handler: Callable[[Any], Any] | None = getattr(stores.messages, name, None)
        if handler is not None:
            return handler
    return next((stores.otherwise(name) for stores in _active if stores.otherwise is not None), None)


_NOTHING: dict[Kind, TextTable] = {
    "variable": TextTable("variable", {}, lambda _access: None),
    "connection": TextTable("connection", {}, lambda _access: None),
}


def _tables(kind: Kind) -> list[TextTable]:
    """Innermost first; where nobody gave any, the environment's alone."""
    return [stores.tables[kind] for stores in reversed(_active) if kind in stores.tables] or [_NOTHING[kind]]
