"""Specs for the checks' tests; lines are told by the tests themselves."""

from __future__ import annotations

from typing import Any

from dagcheck.checks.registry import Settings
from dagcheck.spec import DagSpec, TaskSpec

FILE = "dags/etl.py"


def task(task_id: str, *downstream: str, **fields: Any) -> TaskSpec:
    """A task of FILE, line 5, before those named `downstream`; `fields` as TaskSpec has them."""
    return TaskSpec(**{"operator": "BashOperator", "file": FILE, "line": 5, **fields}, task_id=task_id,
                    downstream=downstream)  # fmt: skip


def dag(*tasks: TaskSpec, dag_id: str = "etl", **fields: Any) -> DagSpec:
    """A DAG whose tasks know their upstream tasks too."""
    upstream = {one.task_id: tuple(t.task_id for t in tasks if one.task_id in t.downstream) for one in tasks}
    known = tuple(TaskSpec(**{**_fields(one), "upstream": upstream[one.task_id]}) for one in tasks)
    return DagSpec(**{"file": FILE, "line": 3, **fields}, dag_id=dag_id, tasks=known)


def _fields(one: TaskSpec) -> dict[str, Any]:
    return {name: getattr(one, name) for name in TaskSpec.__dataclass_fields__}


SETTINGS = Settings()
