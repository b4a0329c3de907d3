"""Whether callbacks can be called as Airflow calls them: with the context alone.

`callback(context)` in models/taskinstance.py (2.x), sdk/execution_time/task_runner.py (3.x) and models/dag.py.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from dagcheck._airflow.attributes import read
from dagcheck._airflow.problems.subject import Subject
from dagcheck.record import Problem

_OF_DAGS = ("on_success_callback", "on_failure_callback")
_OF_TASKS = ("on_execute_callback", *_OF_DAGS, "on_retry_callback", "on_skipped_callback")


def problems(subject: Subject) -> Iterator[Problem]:
    """Yield the callbacks of a task, or the DAG's own, that can't be called."""
    for name, callback in of(subject):
        if message := _message(callback):
            yield subject.problem("callback", name, message)


def of(subject: Subject) -> Iterator[tuple[str, Any]]:
    """Yield the callbacks of a task, or the DAG's own, each with the argument that it was given as."""
    owner, names = (subject.dag, _OF_DAGS) if subject.task is None else (subject.task, _OF_TASKS)
    for name in names:
        value = read(owner, name)
        for callback in value if isinstance(value, (list, tuple)) else [value]:
            if callback is not None:
                yield name, callback


def _message(callback: Any) -> str:
    if not callable(callback):
        return f"{type(callback).__name__} is not callable"
    try:
        signature = inspect.signature(callback)
    except ValueError:  # a builtin that does not say
        return ""
    try:
        signature.bind(None)
    except TypeError as error:
        return str(error)
    return ""
