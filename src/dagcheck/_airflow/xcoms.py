"""XComs in memory, in the installed version's own serialised form, made by its XCom backend."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from dagcheck._airflow import stores, versions
from dagcheck.tables import XComKey, XComTable


def push(table: XComTable, key: XComKey, value: Any) -> None:
    """Store a value as a task of the installed version would; raises what its serialisation raises."""
    table.write(key, serialised(key, value), length_of(value))


def serialised(key: XComKey, value: Any) -> Any:
    """Return what the installed version's XCom backend makes of a value."""
    where = {"dag_id": key.dag_id, "run_id": key.run_id, "task_id": key.task_id, "map_index": key.map_index}
    made = _backend().serialize_value(value=value, key=key.key, **where)
    return json.dumps(made) if versions.at_least(3, 0) else made


def plain(key: XComKey, stored: Any) -> Any:
    """Return the value of a stored XCom."""
    value = json.loads(stored) if versions.at_least(3, 0) else stored
    return _backend().deserialize_value(SimpleNamespace(**_row(key), value=value))


def of_run(table: XComTable, dag_id: str, run_id: str) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the values that tasks of a run can pull: by task id and map index, then by key."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for key, stored in table.items():
        if key.dag_id in {None, dag_id} and key.run_id in {None, run_id}:
            found.setdefault((key.task_id, key.map_index), {})[key.key] = plain(key, stored)
    return found


def length_of(value: Any) -> int | None:
    """Return how many tasks can be mapped over a value: `is_mappable_value` of all versions."""
    mappable = isinstance(value, (Sequence, dict)) and not isinstance(value, (str, bytes, bytearray))
    return len(value) if mappable else None


def _backend() -> Any:
    """The class that `[core] xcom_backend` names."""
    if versions.at_least(3, 0):
        from airflow.sdk.execution_time.xcom import XCom as SDKXCom

        return SDKXCom
    from airflow.models.xcom import XCom

    return XCom


def _row(key: XComKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in ("key", "dag_id", "run_id", "task_id", "map_index")}


def table() -> XComTable:
    """Return the table that answers now."""
    found = stores.xcoms()
    assert found is not None  # noqa: S101 -- whoever asks is in place only while there is one
    return found
