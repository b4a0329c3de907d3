"""The task or DAG that is looked at."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from dagcheck.record import Problem, ProblemKind


class SharedDag:
    """A live DAG, and its Jinja environment, which takes long to make: once for all tasks, when first needed."""

    def __init__(self, dag: Any, dag_id: str) -> None:
        self.dag = dag
        self.dag_id = dag_id

    @functools.cached_property
    def jinja(self) -> Any:
        """The environment in which Airflow would render its templates."""
        return self.dag.get_template_env()


@dataclass(frozen=True, slots=True)
class Subject:
    """A task (or the DAG itself: no task) of a live DAG."""

    shared: SharedDag
    task: Any = None
    task_id: str | None = None

    @property
    def dag(self) -> Any:
        """The live DAG."""
        return self.shared.dag

    def problem(self, kind: ProblemKind, argument: str = "", detail: str = "", *more: str) -> Problem:
        """Return a problem of this subject."""
        return Problem(
            kind=kind, dag_id=self.shared.dag_id, task_id=self.task_id, argument=argument, detail=detail, more=more
        )
