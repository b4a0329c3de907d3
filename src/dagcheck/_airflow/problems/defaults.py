"""Keys of default_args that have no effect."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

from dagcheck._airflow.attributes import read
from dagcheck._airflow.classes import airflow_bases, dag_class
from dagcheck._airflow.problems.subject import Subject
from dagcheck.errors import nearest
from dagcheck.record import Problem


def problems(subject: Subject) -> Iterator[Problem]:
    """Yield the keys that no task of the DAG takes, if they belong on the DAG or are misspelt.

    Others may be meant for the operators of another DAG that shares the table.
    """
    defaults, tasks = read(subject.dag, "default_args"), read(subject.dag, "task_dict")
    if type(defaults) is not dict or type(tasks) is not dict or not tasks:
        return
    taken = frozenset().union(*(_arguments(_operator(task)) for task in tasks.values()))
    for key in defaults:
        if not isinstance(key, str) or key in taken:
            continue
        close = nearest(key, taken)
        if key in _arguments(dag_class()):
            yield subject.problem("default-argument", "", key, "DAG")
        elif close and abs(len(close) - len(key)) <= 2:  # noqa: PLR2004 -- letters that a slip adds or drops
            yield subject.problem("default-argument", "", key, close)


def _operator(task: Any) -> type:
    return task.operator_class if "MappedOperator" in airflow_bases(type(task)) else type(task)


@functools.lru_cache(maxsize=256)
def _arguments(cls: type) -> frozenset[str]:
    """Every keyword that the constructors of a class and its bases name."""
    names: set[str] = set()
    for base in cls.__mro__:
        constructor = vars(base).get("__init__")
        if inspect.isfunction(constructor):
            names.update(inspect.signature(constructor).parameters)
    return frozenset(names - {"self", "args", "kwargs"})
