"""All that one mock's API has behind it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dagcheck.hooks.bigquery.api.errors import not_found
from dagcheck.hooks.bigquery.results import Parameter, Result, TableId
from dagcheck.hooks.bigquery.store import Store

LOCATION = "US"
Key = TableId | tuple[str, str]
"""What the API keeps notes of: a table, or a dataset of a project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A statement as a job has it."""

    sql: str
    parameters: tuple[Parameter, ...] = ()
    project: str
    dataset: str | None = None
    legacy: bool = False
    dry_run: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Job:
    """A job: its resource but for the status, its result or error, how many more times it says that it is running."""

    project: str
    id: str
    location: str
    configuration: dict[str, Any]
    statistics: dict[str, Any] = field(default_factory=dict)
    result: Result | None = None
    error: Exception | None = None
    polls: int = 0
    created: int = 0
    parent: str | None = None

    @property
    def kind(self) -> str:
        """`query`, `load`, `copy` or `extract`."""
        return next((kind for kind in ("query", "load", "copy", "extract") if kind in self.configuration), "query")


@dataclass(slots=True)
class Upload:
    """A load job whose data are not all there."""

    project: str
    body: dict[str, Any]
    data: bytes = b""


class World:
    """Datasets, tables, jobs and objects of one mock. A request has it for itself while it is handled (`lock`)."""

    def __init__(self, store: Store, run: Callable[[Query], Result], project: str) -> None:
        self.store = store
        self.run = run
        self.project = project
        self.page_size = 10_000
        self.polls = 0
        self.jobs: dict[tuple[str, str], Job] = {}
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, Upload] = {}
        self.anonymous: dict[TableId, Result] = {}
        self.lock = threading.RLock()
        self._resources: dict[Key, dict[str, Any]] = {}

    def projects(self) -> list[str]:
        """Return the projects that anything was created in through the API or by the test, the mock's own first."""
        named = [key.project if isinstance(key, TableId) else key[0] for key in self._resources]
        return list(dict.fromkeys([self.project, *named]))

    def notes(self, of: Key) -> dict[str, Any]:
        """Return what the API keeps of a dataset (project, name) or TableId beside what the store has."""
        return self._resources.setdefault(of, {"creationTime": str(now()), "lastModifiedTime": str(now()), "etag": 1})

    def touch(self, of: Key, **changes: Any) -> None:
        """Note changes; None removes."""
        notes = self.notes(of)
        notes.update({**changes, "lastModifiedTime": str(now()), "etag": notes["etag"] + 1})
        for name in [name for name, value in changes.items() if value is None]:
            del notes[name]

    def forget(self, of: Key) -> None:
        """Drop the notes of what is no more."""
        self._resources.pop(of, None)

    def job(self, project: str, job_id: str) -> Job:
        """Return a job; ServiceError if it is not there."""
        found = self.jobs.get((project, job_id))
        if found is None:
            raise not_found("Job", f"{project}:{job_id}")
        return found


def now() -> int:
    """Return milliseconds since 1970."""
    return time.time_ns() // 1_000_000
