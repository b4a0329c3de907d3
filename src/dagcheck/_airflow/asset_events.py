"""Events of assets that a task emits, as Airflow registers them when it succeeds.

3.x: what SucceedTask carries (sdk/execution_time/task_runner.py), put together as AssetManager does on the server
(models/taskinstance.py of 3.3, register_asset_changes_in_db). 2.x: TaskInstance._register_dataset_changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dagcheck._airflow import versions
from dagcheck.running.effects import AssetEvent


def emitted(task: str, outlets: Iterable[Any], events: Iterable[Mapping[str, Any]]) -> Iterator[AssetEvent]:
    """Yield one event per asset among the outlets, and one per asset that an alias stands for."""
    events = list(events)
    extras = {_key(one["dest_asset_key"]): one.get("extra") for one in events if not one.get("source_alias_name")}
    for outlet in outlets:
        if outlet.type == "Asset":
            extra = extras.get((outlet.name, outlet.uri)) or {}
            yield AssetEvent(task=task, name=outlet.name or "", uri=outlet.uri or "", extra=extra)
    for event in events:
        if event.get("source_alias_name"):
            name, uri = _key(event["dest_asset_key"])
            yield AssetEvent(task=task, name=name, uri=uri, extra=event.get("extra") or {})


def _key(asset: Mapping[str, Any]) -> tuple[str, str]:
    return str(asset.get("name") or ""), str(asset.get("uri") or "")


def of_datasets(task: str, operator: Any, context: Any) -> Iterator[AssetEvent]:
    """Yield the events of 2.x: each dataset among the outlets, since 2.10 with its extra, and those of aliases."""
    from airflow.datasets import Dataset

    accessors = context["outlet_events"] if versions.at_least(2, 10) else None
    for outlet in operator.outlets or []:
        if isinstance(outlet, Dataset):
            extra = {} if accessors is None else accessors[outlet].extra
            yield AssetEvent(task=task, name=outlet.uri, uri=outlet.uri, extra=dict(extra))
        elif accessors is not None and type(outlet).__name__ == "DatasetAlias":
            for event in accessors[outlet].dataset_alias_events:
                uri = event["dest_dataset_uri"]
                yield AssetEvent(task=task, name=uri, uri=uri, extra=dict(event["extra"]))
