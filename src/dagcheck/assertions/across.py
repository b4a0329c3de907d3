"""Assertions about how DAGs start and wait for each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from dagcheck.assertions.subject import graph_of, spec_of
from dagcheck.assertions.telling import listed, story, where
from dagcheck.errors import UsageError
from dagcheck.spec import DagSpec, ExternalRef, TaskSpec


def assert_triggers(dag: Any, target: Any, *, task_id: str | None = None) -> None:
    """Assert that a TriggerDagRunOperator of the DAG, or exactly the task `task_id`, starts the DAG `target`.

    `target` may be the id of a DAG of another repository. Raises UnknownIdError if there is no task `task_id`.
    """
    __tracebackhide__ = True
    graph = graph_of(dag)
    tasks = [graph.task(task_id)] if task_id else list(graph.tasks.values())
    found = [(task, ref) for task in tasks for ref in task.triggers if not ref.task_ids]  # with ids: a marker, clears
    wanted = _id(target)
    if not any(ref.dag_id == wanted for _, ref in found):
        raise AssertionError(_not_told(graph.spec, task_id, f"does not trigger {wanted!r}", "triggers", found))


def assert_waits_for(dag: Any, target: Any, *, tasks: Iterable[str] = (), task_id: str | None = None) -> None:
    """Assert that an ExternalTaskSensor of the DAG, or exactly the task `task_id`, waits for the DAG `target`.

    With `tasks`, for these of its tasks at least; a sensor that waits for the whole run waits for each of them.
    """
    __tracebackhide__ = True
    graph = graph_of(dag)
    sensors = [graph.task(task_id)] if task_id else list(graph.tasks.values())
    found = [(task, ref) for task in sensors for ref in task.waits_for]
    wanted, needed = _id(target), {tasks} if isinstance(tasks, str) else set(tasks)
    if not any(ref.dag_id == wanted and (not ref.task_ids or needed <= set(ref.task_ids)) for _, ref in found):
        what = f"does not wait for {wanted!r}" + (f" ({listed(needed)})" if needed else "")
        raise AssertionError(_not_told(graph.spec, task_id, what, "waits for", found))


def assert_asset_flow(*dags: Any, asset: Any = None) -> None:
    """Assert that each DAG writes an asset (an outlet of one of its tasks) which starts the next DAG.

    `asset`: the URI, name or Asset that must be the one between two DAGs. Raises UsageError for fewer than two DAGs,
    or an asset between more.
    """
    __tracebackhide__ = True
    if len(dags) < 2 or (asset is not None and len(dags) > 2):  # noqa: PLR2004 - a flow has two ends
        raise UsageError("a flow needs at least two DAGs; with asset=..., exactly two")
    for producer, consumer in pairwise([spec_of(dag) for dag in dags]):
        shared = set(_outlets(producer)) & set(consumer.assets)
        if not shared or (asset is not None and shared.isdisjoint(_names(asset))):
            what = "is not started by" if asset is None else f"is not started through {_names(asset)[0]!r} by"
            raise AssertionError(
                story(
                    f"{where(consumer)}: {what} {producer.dag_id}",
                    (f"{producer.dag_id} writes", list(_written(producer))),
                    (
                        f"{consumer.dag_id} is scheduled on",
                        list(consumer.assets) or [f"no asset ({consumer.schedule})"],
                    ),
                )
            )


def _id(target: Any) -> str:
    return target if isinstance(target, str) else spec_of(target).dag_id


def _names(asset: Any) -> list[str]:
    if isinstance(asset, str):
        return [asset]
    return [name for name in (getattr(asset, "uri", None), getattr(asset, "name", None)) if isinstance(name, str)]


def _outlets(spec: DagSpec) -> Iterator[str]:
    for task in spec.tasks:
        yield from task.outlets


def _written(spec: DagSpec) -> Iterator[str]:
    found = [f"{task.task_id}: {listed(task.outlets)}" for task in spec.tasks if task.outlets]
    yield from found or ["nothing: no task has outlets"]


def _not_told(
    spec: DagSpec, task_id: str | None, what: str, verb: str, found: Sequence[tuple[TaskSpec, ExternalRef]]
) -> str:
    lines = [f"{task.task_id} {verb} {ref.dag_id}{_of(ref)}" for task, ref in found]
    return story(f"{where(spec, task_id)}: {what}", ("found", lines or [f"no task that {verb} another DAG"]))


def _of(ref: ExternalRef) -> str:
    return f" ({listed(ref.task_ids)})" if ref.task_ids else ""
