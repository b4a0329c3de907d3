"""The DAG or task that a finding is about, and where it stands."""

from __future__ import annotations

from typing import TypedDict

from dagcheck.checks.wording import one_line
from dagcheck.spec import DagSpec, TaskSpec


class OfDag(TypedDict):
    """Those arguments of a Finding."""

    file: str
    line: int | None
    dag_id: str


class OfTask(OfDag):
    """Those arguments of a Finding."""

    task_id: str


def at_dag(dag: DagSpec) -> OfDag:
    """Return file and line of the call that made the DAG, and its id."""
    return {"file": dag.file, "line": dag.line, "dag_id": one_line(dag.dag_id)}


def at_task(dag: DagSpec, task: TaskSpec) -> OfTask:
    """Return file and line of the call that made the task (the DAG's own where that is not known), and both ids."""
    known = task.file is not None
    return {
        "file": one_line(task.file) if task.file is not None else dag.file,
        "line": task.line if known else dag.line,
        "dag_id": one_line(dag.dag_id),
        "task_id": one_line(task.task_id),
    }
