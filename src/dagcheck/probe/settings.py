"""What the probe is told when it starts, as one line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from dagcheck.sweeping.deadline import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSettings:
    """All paths absolute; `timeout` in seconds per file, `memory` in MiB per worker.

    `clock_shift` moves the clock that DAG code sees by so many seconds, for the second look at unstable files.
    `sweep_seconds` is how long the runs of one DAG over its dates may take, 0 for no runs; `sweep_start` is a
    date in ISO 8601. `with_sql`: records hold the SQL that tasks send.
    """

    rootdir: str
    home: str
    folders: tuple[str, ...]
    workers: int = 1
    timeout: float = 30.0
    memory: int = 2048
    variables: dict[str, str] = field(default_factory=dict)
    connections: dict[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    plugins_folder: str | None = None
    pythonpath: tuple[str, ...] = ()
    namespaces: bool = True
    protected: tuple[str, ...] = ()
    clock_shift: float = 0.0
    sweep_seconds: float = 0.0
    sweep_start: str | None = None
    sweep_years: int = 2
    with_sql: bool = False

    @property
    def sweep_timeout(self) -> float:
        """After how many seconds the runs of a DAG hang: all its patience is over, and a call takes as a file may."""
        return Deadline.PATIENCE * self.sweep_seconds + self.timeout

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> ProbeSettings:
        """Read what `to_json` wrote."""
        values: dict[str, Any] = json.loads(line)
        tuples: dict[str, Any] = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**{**values, **tuples})
