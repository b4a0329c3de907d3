"""The task or DAG that is looked at."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from dagcheck._airflow.attributes import attempt
from dagcheck._airflow.problems.values import constructor_arguments, texts_in
from dagcheck._airflow.timetables import names_dates
from dagcheck.record import Problem, ProblemKind


class SharedDag:
    """A live DAG, and its Jinja environment, which takes long to make: once for all tasks, when first needed."""

    def __init__(self, dag: Any, dag_id: str) -> None:
        self.dag = dag
        self.dag_id = dag_id

    @functools.cached_property
    def names_dates(self) -> bool:
        """Whether the scheduler makes its runs, at dates."""
        return attempt(lambda: names_dates(self.dag), default=False)

    @functools.cached_property
    def jinja(self) -> Any:
        """The environment in which Airflow would render its templates."""
        return self.dag.get_template_env()


@dataclass(frozen=True)
class Subject:
    """A task (or the DAG itself: no task) of a live DAG."""

    shared: SharedDag
    task: Any = None
    task_id: str | None = None

    @property
    def dag(self) -> Any:
        """The live DAG."""
        return self.shared.dag

    @functools.cached_property
    def given(self) -> dict[str, Any]:
        """What the operator was called with, as `constructor_arguments` says."""
        return constructor_arguments(self.task)

    @functools.cached_property
    def texts(self) -> list[tuple[str, str, str]]:
        """Every text in these arguments: the argument's name, the text's path, the text."""
        found: list[tuple[str, str, str]] = []
        for name, value in self.given.items():
            found += attempt(functools.partial(_texts_of, name, value), [])
        return found

    def problem(self, kind: ProblemKind, argument: str = "", detail: str = "", *more: str) -> Problem:
        """Return a problem of this subject."""
        return Problem(
            kind=kind, dag_id=self.shared.dag_id, task_id=self.task_id, argument=argument, detail=detail, more=more
        )


def _texts_of(name: str, value: Any) -> list[tuple[str, str, str]]:
    return [(name, path, text) for path, text in texts_in(value, name)]
