"""What a simulation has to be told of the tasks that it does not execute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from building import Built
from names import AirflowFailException
from shapes import Group, Shape, Task

from dagcheck.running.outcomes import Fails, Outcome, Skips, Succeeds


def outcomes(shape: Shape, built: Built) -> dict[str, Outcome]:
    """Return them by task, or by `task[0]`; a task that others are mapped over is represented by its own callable."""
    everything: list[Task | Group] = [*shape.tasks, *shape.groups]
    sources = {one.expands.source for one in everything if one.expands is not None}
    mapped_groups = {group.id for group in shape.groups if group.expands}
    found: dict[str, Outcome] = {}
    for task in shape.tasks:
        if task.id in sources:
            found[task.id] = _standing_in(built.callable(task))
        elif task.kind in {"work", "list"}:
            found.update(_plain(task, is_mapped=task.expands is not None or _is_in(task, mapped_groups)))
    return found


def _is_in(task: Task, groups: set[str]) -> bool:
    return any(f"{task.group}.".startswith(f"{group}.") for group in groups)


def _standing_in(run: Callable[..., Any]) -> Outcome:
    return lambda context: run(**context)


def _plain(task: Task, *, is_mapped: bool) -> dict[str, Outcome]:
    if not is_mapped:
        return {} if task.behaviour(-1) == "success" else {task.id: _OUTCOMES[task.behaviour(-1)]}
    by_index = {f"{task.id}[{index}]": _OUTCOMES[one] for index, one in enumerate(task.behaviours)}
    return {task.id: _OUTCOMES[task.behaviours[-1]], **by_index}


_OUTCOMES: dict[str, Outcome] = {
    "success": Succeeds(),
    "fail": Fails(ValueError("as asked")),
    "hopeless": Fails(AirflowFailException("as asked")),
    "flaky": Fails(ValueError("as asked"), times=1),
    "skip": Skips("as asked"),
}
