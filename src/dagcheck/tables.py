"""What stands in for the tables of the metadata DB: Variables, Connections and XComs in memory, each access told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["variable", "connection", "xcom"]
Action = Literal["read", "write", "delete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One reading, writing or deleting. `found` tells whether there was such a thing before it.

    `key` is a Variable's name, a connection id, or `task_id.key` of an XCom (`task_id[2].key` if mapped); a listing of
    names has a trailing `*`.
    """

    action: Action
    kind: Kind
    key: str
    found: bool


OnAccess = Callable[[Access], None]


class TextTable:
    """Variables or Connections as texts; what is written covers the given values until `clear`.

    Environment variables AIRFLOW_VAR_... and AIRFLOW_CONN_... count too: before the values as everywhere in Airflow,
    or with `environment_last` only for what is not in the table.
    """

    def __init__(
        self, kind: Kind, values: Mapping[str, str], on_access: OnAccess, *, environment_last: bool = False
    ) -> None:
        self.kind = kind
        self._values = values
        self._written: dict[str, str | None] = {}  # None: deleted
        self._on_access = on_access
        self._environment_last = environment_last
        self._prefix = {"variable": "AIRFLOW_VAR_", "connection": "AIRFLOW_CONN_"}[kind]

    def clear(self) -> None:
        """Forget what was written."""
        self._written.clear()

    def look_up(self, key: str) -> str | None:
        """Return a text, or None; tells nobody."""
        outside = os.environ.get(f"{self._prefix}{key.upper()}")
        inside = self._written[key] if key in self._written else self._values.get(key)
        first, second = (inside, outside) if self._environment_last else (outside, inside)
        return second if first is None else first

    def read(self, key: str) -> str | None:
        """Return a text, or None."""
        value = self.look_up(key)
        self.tell("read", key, found=value is not None)
        return value

    def write(self, key: str, value: str) -> None:
        """Set a value."""
        self.tell("write", key, found=self.look_up(key) is not None)
        self._written[key] = value

    def delete(self, key: str) -> int:
        """Delete a value; return how many there were."""
        found = self.look_up(key) is not None
        self.tell("delete", key, found=found)
        self._written[key] = None
        return int(found)

    def written(self) -> dict[str, str | None]:
        """Return what was set, None for what was deleted."""
        return dict(self._written)

    def keys(self) -> set[str]:
        """Return the names of the given and written values (not of those in the environment)."""
        return {key for key in {*self._values, *self._written} if self.look_up(key) is not None}

    def tell(self, action: Action, key: str, *, found: bool) -> None:
        """Report an access."""
        self._on_access(Access(action=action, kind=self.kind, key=key, found=found))


@dataclass(frozen=True, slots=True, kw_only=True)
class XComKey:
    """Which XCom: `dag_id` and `run_id` None mean those of any DAG or run (an XCom given before the test)."""

    dag_id: str | None = None
    run_id: str | None = None
    task_id: str
    key: str = "return_value"
    map_index: int = -1

    def __str__(self) -> str:
        """Show task, index and key."""
        index = f"[{self.map_index}]" if self.map_index >= 0 else ""
        return f"{self.task_id}{index}.{self.key}"

    def matches(self, wanted: XComKey) -> bool:
        """Tell whether an XCom with this key is one with the wanted key."""
        return (
            (self.task_id, self.key, self.map_index) == (wanted.task_id, wanted.key, wanted.map_index)
            and self.dag_id in {None, wanted.dag_id}
            and self.run_id in {None, wanted.run_id}
        )


class XComTable:
    """XComs as the installed version stores them; `length` is what tasks can be mapped over (Airflow's TaskMap)."""

    def __init__(self, on_access: OnAccess) -> None:
        self._stored: dict[XComKey, Any] = {}
        self._lengths: dict[XComKey, int] = {}
        self._on_access = on_access

    def write(self, key: XComKey, stored: Any, length: int | None = None) -> None:
        """Store a value in its serialised form."""
        self._tell("write", key, found=key in self._stored)
        self._stored[key] = stored
        self._lengths.pop(key, None)
        if length is not None:
            self._lengths[key] = length

    def read(self, wanted: XComKey, *, default: Any = None) -> Any:
        """Return the serialised form, of the same run before any other."""
        found = self.find(wanted)
        self._tell("read", wanted, found=found is not None)
        return default if found is None else self._stored[found]

    def find(self, wanted: XComKey) -> XComKey | None:
        """Return the key under which something is stored; tells nobody."""
        if wanted in self._stored:
            return wanted
        return next((key for key in self._stored if key.matches(wanted)), None)

    def read_all(self, wanted: XComKey) -> list[tuple[int, Any]]:
        """Return map index and serialised form of every instance of the task, in the order of the indexes."""
        found = sorted(self.instances(wanted), key=lambda key: key.map_index)
        self._tell("read", wanted, found=bool(found))
        return [(key.map_index, self._stored[key]) for key in found]

    def instances(self, wanted: XComKey) -> Iterator[XComKey]:
        """Yield the keys under which instances of a task have stored something; `map_index` does not count."""
        for key in self._stored:
            if key.matches(XComKey(**{**_fields(wanted), "map_index": key.map_index})):
                yield key

    def length(self, wanted: XComKey) -> int | None:
        """Return how many tasks can be mapped over a value; None if it was not stored for that."""
        found = self.find(wanted)
        return None if found is None else self._lengths.get(found)

    def prior(self, wanted: XComKey) -> Iterable[XComKey]:
        """Return the keys of other runs' XComs of the same task, the latest written first."""
        same = (wanted.task_id, wanted.key, wanted.dag_id)
        return [key for key in reversed(self._stored) if (key.task_id, key.key, key.dag_id) == same]

    def delete(self, wanted: XComKey) -> None:
        """Delete one value."""
        found = self._stored.pop(wanted, None)
        self._lengths.pop(wanted, None)
        self._tell("delete", wanted, found=found is not None)

    def clear(self, wanted: XComKey) -> None:
        """Delete all that a task instance pushed, silently, as Airflow does before a try; `key` does not count."""
        for key in list(self._stored):
            if key == XComKey(**{**_fields(wanted), "key": key.key}):
                del self._stored[key]
                self._lengths.pop(key, None)

    def items(self) -> list[tuple[XComKey, Any]]:
        """Return everything that is stored."""
        return list(self._stored.items())

    def _tell(self, action: Action, key: XComKey, *, found: bool) -> None:
        self._on_access(Access(action=action, kind="xcom", key=str(key), found=found))


def _fields(key: XComKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in ("dag_id", "run_id", "task_id", "key", "map_index")}
