"""What is wrong with live DAGs and operators, and can't be seen in their specs: told as plain `Problem`s.

Nothing here raises: what can't be looked at is left alone. No method of the user's is called; properties are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from dagcheck._airflow.attributes import attempt, plain_text, read, text
from dagcheck._airflow.problems import (
    arguments,
    callbacks,
    defaults,
    literals,
    run_time,
    schedule,
    sql,
    templates,
    types,
    uses,
)
from dagcheck._airflow.problems.subject import SharedDag, Subject
from dagcheck.record import Problem

Finder = Callable[[Subject], Iterable[Problem]]
_OF_TASKS: tuple[Finder, ...] = (
    arguments.problems, callbacks.problems, types.problems, templates.problems, literals.problems, run_time.of_task,
    uses.problems,
)  # fmt: skip
_OF_DAGS: tuple[Finder, ...] = (callbacks.problems, run_time.of_callbacks, defaults.problems, schedule.problems)


def dag_problems(dag: Any, *, with_sql: bool = False) -> Iterator[Problem]:
    """Yield the problems of a DAG and its tasks, each once; `with_sql`: and the SQL that is sent, for a check of it."""
    shared = SharedDag(dag, text(dag, "dag_id") or "")
    tasks = read(dag, "task_dict")
    of_tasks = (*_OF_TASKS, sql.problems) if with_sql else _OF_TASKS
    subjects = [(Subject(shared), _OF_DAGS)]
    for key, task in tasks.items() if isinstance(tasks, dict) else ():
        subjects.append((Subject(shared, task, plain_text(key)), of_tasks))
    seen: dict[Problem, None] = {}
    for subject, finders in subjects:
        for find in finders:
            nothing: list[Problem] = []
            seen.update(dict.fromkeys(attempt(partial(_found, find, subject), nothing)))
    yield from seen


def _found(find: Finder, subject: Subject) -> list[Problem]:
    return list(find(subject))
