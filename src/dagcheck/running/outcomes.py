"""What a test says about a task instead of letting it run: success, a value, a failure, a skip, a deferral."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from dagcheck.errors import UnknownIdError, UsageError, unknown
from dagcheck.running.graph import Graph, Task


@dataclass(frozen=True, slots=True)
class Succeeds:
    """The task succeeds without running, and returns nothing."""


@dataclass(frozen=True, slots=True)
class Returns:
    """The task succeeds without running and returns `value`.

    For an operator that decides what runs after it, `value` is what its callable returns: task ids for a branch, true
    or false for a short circuit. Its rules for ids apply as ever.
    """

    value: Any


@dataclass(frozen=True, slots=True)
class Fails:
    """The task raises `error` instead of running; with `times`, only so many times, after that it goes on normally.

    An AirflowFailException ends the retries, as it always does. A class is raised without a message.
    """

    error: BaseException | type[BaseException] = RuntimeError
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Skips:
    """The task raises AirflowSkipException instead of running."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Defers:
    """The task defers to a trigger that fires after `delay` of virtual time, then ends as `then` says."""

    delay: datetime.timedelta = datetime.timedelta(minutes=1)
    then: Succeeds | Returns | Fails | Skips = Succeeds()


Plain: TypeAlias = Succeeds | Returns | Fails | Skips | Defers
# A callable takes the task's context, stands in for `execute`, and returns an outcome, or else the task's value.
Outcome: TypeAlias = Plain | Callable[[Any], Any]

_KEY = re.compile(r"(?P<task_id>.+)\[(?P<map_index>\d+)\]")


class Outcomes:
    """The outcomes of one call, checked against the graph: unknown ids and misfits raise UsageError."""

    def __init__(self, outcomes: Mapping[str, Outcome], graph: Graph) -> None:
        self._by_instance: dict[tuple[str, int | None], Outcome] = {}
        tasks = {task.task_id: task for task in graph.tasks}
        mapped_over = graph.mapped_over()
        for key, outcome in outcomes.items():
            task, map_index = _find(key, tasks)
            _refuse_misfit(key, outcome, task, mapped_over=task.task_id in mapped_over)
            self._by_instance[task.task_id, map_index] = outcome

    def of(self, task_id: str, map_index: int, failures: int) -> Outcome | None:
        """Return what one try is to do, None for the normal thing; `failures` counts its failed tries so far.

        An outcome of one index goes before that of the whole task.
        """
        if not self._by_instance:
            return None
        found = self._by_instance.get((task_id, map_index), self._by_instance.get((task_id, None)))
        if isinstance(found, Fails) and found.times is not None and failures >= found.times:
            return None
        return found


def _find(key: str, tasks: Mapping[str, Task]) -> tuple[Task, int | None]:
    if key in tasks:
        return tasks[key], None
    match = _KEY.fullmatch(key)
    if match is None or match["task_id"] not in tasks:
        raise UnknownIdError(unknown("task id in outcomes", match["task_id"] if match else key, tasks))
    task = tasks[match["task_id"]]
    if not task.is_mapped:
        raise UsageError(f"outcomes: {key!r} names an instance, but {task.task_id!r} is not mapped")
    return task, int(match["map_index"])


def _refuse_misfit(key: str, outcome: object, task: Task, *, mapped_over: bool) -> None:
    if not isinstance(outcome, (Succeeds, Returns, Fails, Skips, Defers)) and not (
        callable(outcome) and not isinstance(outcome, type)
    ):
        raise UsageError(
            f"outcomes: {key!r} is {outcome!r}; valid: Succeeds(), Returns(value), Fails(error, times=...), Skips(), "
            "Defers(...), or a callable that takes the context"
        )
    if isinstance(outcome, Fails) and outcome.times is not None and outcome.times < 1:
        raise UsageError(f"outcomes: {key!r} fails {outcome.times} times; valid: 1 or more, or None for always")
    if mapped_over and task.expands is None and isinstance(outcome, (Succeeds, Returns)):
        value = outcome.value if isinstance(outcome, Returns) else None
        if not isinstance(value, (list, tuple, dict)):
            raise UsageError(
                f"outcomes: other tasks are mapped over what {key!r} returns, so {value!r} would fail it; "
                "valid: Returns(a list or a dict), Fails(...), Skips()"
            )
