"""The first difference between two parses of one file, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec, TaskSpec


def differences(first: FileRecord, second: FileRecord) -> Iterator[str]:
    """Yield "dag_id: what differs" for each DAG that the two parses do not agree on; nothing if one was cut short."""
    if second.failure and second.failure.kind != "exception":
        return
    if second.failure:
        name = first.dags[0].dag_id if first.dags else first.file
        yield f"{name}: loads once and fails with {second.failure.chain[0].type} the next time"
        return
    ours, theirs = ({dag.dag_id: dag for dag in record.dags} for record in (first, second))
    for dag_id in sorted(ours.keys() ^ theirs.keys()):
        yield f"{dag_id}: is there in one parse and missing in another"
    for dag_id in sorted(ours.keys() & theirs.keys()):
        found = next(_in_dag(ours[dag_id], theirs[dag_id]), None)
        if found:
            yield f"{dag_id}: {found}"


def _in_dag(first: DagSpec, second: DagSpec) -> Iterator[str]:
    yield from _in_fields("", first, second, skip=("tasks", "line"))
    ours, theirs = ({task.task_id: task for task in dag.tasks} for dag in (first, second))
    for task_id in sorted(ours.keys() ^ theirs.keys()):
        yield f"task {task_id} is there in one parse and missing in another"
    for task_id in sorted(ours.keys() & theirs.keys()):
        yield from _in_fields(f"{task_id}.", ours[task_id], theirs[task_id], skip=("line",))
    if first.task_ids != second.task_ids:
        yield _told("the order of its tasks", first.task_ids, second.task_ids)


def _in_fields(prefix: str, first: Any, second: Any, skip: Sequence[str]) -> Iterator[str]:
    kind: type[DagSpec | TaskSpec] = type(first)
    for field in fields(kind):
        one, other = getattr(first, field.name), getattr(second, field.name)
        if field.name not in skip and one != other:
            yield _told(f"{prefix}{field.name}", one, other)


def _told(what: str, one: object, other: object) -> str:
    return f"{what} is {_short(one)} in one parse and {_short(other)} in another"


def _short(value: object, limit: int = 120) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= limit else f"{text[:limit]}..."
