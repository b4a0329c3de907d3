"""Assertions about the tasks and groups that a DAG has, and about how a task is configured."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from dagcheck._airflow.schedules import asset_names
from dagcheck.assertions.graph import Graph
from dagcheck.assertions.subject import graph_of, live
from dagcheck.assertions.telling import story, where
from dagcheck.errors import UnknownIdError, UsageError, nearest, unknown
from dagcheck.spec import TaskSpec

_FACTS = tuple(field.name for field in dataclasses.fields(TaskSpec) if field.name not in ("task_id", "file", "line"))
_SETS = ("upstream", "downstream", "inlets", "outlets")
_MISSING = object()


def assert_tasks(dag: Any, expected: Iterable[str], *, partial: bool = False) -> None:
    """Assert that the DAG has exactly these tasks; `partial`: others are allowed."""
    __tracebackhide__ = True
    graph = graph_of(dag)
    wanted = list(dict.fromkeys([expected] if isinstance(expected, str) else expected))
    surplus = [] if partial else [task for task in graph.tasks if task not in wanted]
    _differ(graph, "the tasks", [name for name in wanted if name not in graph.tasks], surplus)


def assert_group(dag: Any, group_id: str, expected: Iterable[str], *, partial: bool = False) -> None:
    """Assert that the group holds exactly these tasks, those of groups inside it included.

    Ids stand with or without the group's prefix; the id of an inner group stands for its tasks. Raises UnknownIdError
    if the DAG has no such group.
    """
    __tracebackhide__ = True
    graph = graph_of(dag)
    if group_id not in graph.groups:
        raise UnknownIdError(f"{graph.spec.dag_id}: {unknown('group', group_id, graph.groups)}")
    inside, wanted, missing = graph.groups[group_id], set[str](), []
    for name in [expected] if isinstance(expected, str) else expected:
        known = [one for one in (f"{group_id}.{name}", name) if _is_in(graph, one, inside)]
        wanted |= graph.members(known[0]) if known else set()
        missing += [] if known else [name]
    surplus = [] if partial else [task for task in graph.tasks if task in inside - wanted]
    _differ(graph, f"the tasks of group {group_id!r}", missing, surplus)


def _is_in(graph: Graph, name: str, inside: frozenset[str]) -> bool:
    return name in inside or (name in graph.groups and graph.groups[name] <= inside)


def _differ(graph: Graph, what: str, missing: list[str], surplus: list[str]) -> None:
    __tracebackhide__ = True
    if missing or surplus:
        lines = [f"- {name}  (expected, not found{_like(name, graph)})" for name in missing]
        lines += [f"+ {name}  (not expected)" for name in surplus]
        raise AssertionError(story(f"{where(graph.spec)}: {what} are not the expected ones", ("difference", lines)))


def _like(name: str, graph: Graph) -> str:
    if name in graph.tasks:
        return "; it is in another place"
    like = nearest(name, graph.tasks)
    return f"; there is {like!r}" if like else ""


def assert_task(dag: Any, task_id: str, **expected: Any) -> None:
    """Assert attributes of a task: `assert_task(dag, "load", retries=3, retry_delay=timedelta(minutes=5))`.

    Every fact of TaskSpec can be asked for, durations as timedelta or seconds, `operator` as a class or its name,
    `upstream`, `downstream`, `inlets` and `outlets` in any order. Of a DAG object also every attribute of the operator
    itself (`bash_command`, `sql`, ...), of a mapped one what `partial` was given. Values are compared with `==`, so
    that objects with an `__eq__` of their own (`pytest.approx`, `unittest.mock.ANY`) work.

    Raises UnknownIdError for a task or attribute that there is not, UsageError where nothing is expected.
    """
    __tracebackhide__ = True
    if not expected:
        raise UsageError(f"nothing is expected of {task_id!r}: give attributes, as in retries=3")
    graph = graph_of(dag)
    spec = graph.task(task_id)
    thing = None if expected.keys() <= set(_FACTS) else live(dag)
    operator = None if thing is None else thing.task_dict[task_id]
    lines = list(_differences(spec, operator, expected))
    if lines:
        head = f"{where(graph.spec, task_id)}: the task is not as expected"
        raise AssertionError(story(head, ("difference", lines)))


def _differences(spec: TaskSpec, operator: Any, expected: dict[str, Any]) -> Iterator[str]:
    for name, value in expected.items():
        wanted = _plain(name, value)
        found = _as_set(name, getattr(spec, name)) if name in _FACTS else _attribute(operator, spec.task_id, name)
        if not (wanted == found):  # noqa: SIM201 - == is what the expected object defines
            yield f"{name}: expected {_shown(name, wanted)}, found {_shown(name, found)}"


def _plain(name: str, value: Any) -> Any:
    """Return an expected value as a spec holds it."""
    if name not in _FACTS:
        return value
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if name == "operator" and isinstance(value, type):
        return getattr(value, "custom_operator_name", None) or value.__name__
    if name == "queue" and value == "default":
        return None
    return _as_set(name, value)


def _as_set(name: str, value: Any) -> Any:
    if name not in _SETS or not isinstance(value, (str, list, tuple, set, frozenset)):
        return value
    return set(asset_names([value] if isinstance(value, str) else value)) or set(value)


def _attribute(operator: Any, task_id: str, name: str) -> Any:
    """Return an attribute of an operator of Airflow's or the user's."""
    partial = getattr(operator, "partial_kwargs", None)
    found = partial.get(name, _MISSING) if isinstance(partial, dict) else _MISSING
    if found is _MISSING:
        found = getattr(operator, name, _MISSING)
    if found is not _MISSING and operator is not None:
        return found
    own = [] if operator is None else [key for key in getattr(operator, "__dict__", {}) if not key.startswith("_")]
    hint = "; attributes of the operator itself need the DAG object instead of its spec" if operator is None else ""
    raise UnknownIdError(f"{task_id}: {unknown('attribute', name, {*_FACTS, *own})}{hint}")


def _shown(name: str, value: Any) -> str:
    if name in ("retry_delay", "execution_timeout") and isinstance(value, (int, float)):
        return str(datetime.timedelta(seconds=value))
    return repr(sorted(value) if isinstance(value, set) else value)
