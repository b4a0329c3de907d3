"""What a run would have caused outside of itself: events of assets, runs of other DAGs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetEvent:
    """An event of an asset (2.x: dataset) that `task` emitted; `name` is the URI on 2.x, which knows no names."""

    task: str
    name: str
    uri: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggeredRun:
    """A run of another DAG that `task` asked for; it is not run, and taken as successful by whoever waits for it."""

    task: str
    dag_id: str
    run_id: str
    conf: Mapping[str, Any] = field(default_factory=dict)


Effect: TypeAlias = AssetEvent | TriggeredRun
