"""Which other DAGs a task waits for or tells."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from dagcheck._airflow.attributes import plain_text, read, texts
from dagcheck.spec import ExternalRef

_DATES = ("execution_delta", "execution_date_fn")


def waits_for(task: Any, bases: frozenset[str]) -> tuple[ExternalRef, ...]:
    """Return what an ExternalTaskSensor waits for; a task group of the other DAG counts as the whole run.

    Templated ids are given as they were written.
    """
    if "ExternalTaskSensor" not in bases:
        return ()
    return tuple(_external(task, _behind(task)))


def triggers(task: Any, bases: frozenset[str]) -> tuple[ExternalRef, ...]:
    """Return what a TriggerDagRunOperator starts, and what an ExternalTaskMarker clears."""
    if "TriggerDagRunOperator" in bases:
        return tuple(ExternalRef(dag_id=dag_id) for dag_id in _values(task, "trigger_dag_id"))
    if "ExternalTaskMarker" in bases:
        return tuple(_external(task))
    return ()


def _behind(task: Any) -> float | None:
    """As `_get_dttm_filter` of the sensor: `execution_delta`, else `execution_date_fn`, else the same date."""
    partial = read(task, "partial_kwargs")
    given = partial if isinstance(partial, dict) else {name: read(task, name) for name in _DATES}
    delta, function = (given.get(name) for name in _DATES)
    if delta is None:
        return 0.0 if function is None else None
    return datetime.timedelta.total_seconds(delta) if isinstance(delta, datetime.timedelta) else None


def _external(task: Any, behind: float | None = None) -> Iterator[ExternalRef]:
    task_ids = tuple(_values(task, "external_task_ids")) or tuple(_values(task, "external_task_id"))
    for dag_id in _values(task, "external_dag_id"):
        yield ExternalRef(dag_id=dag_id, task_ids=task_ids, behind=behind)


def _values(task: Any, name: str) -> tuple[str, ...]:
    """Return the texts of an argument; of a mapped task all that are written out in `partial` or `expand`."""
    partial = read(task, "partial_kwargs")
    if not isinstance(partial, dict):
        return texts(read(task, name))
    expanded = read(read(task, "expand_input"), "value")
    given = [partial.get(name), expanded.get(name) if isinstance(expanded, dict) else None]
    return tuple(value for one in given for value in (texts(one) or filter(None, [plain_text(one)])))
