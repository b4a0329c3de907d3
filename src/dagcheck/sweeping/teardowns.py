"""Teardowns that do not run although a setup of theirs did: after a branch, or when one task fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dagcheck.record import SweptFact
from dagcheck.rundate import RunDate
from dagcheck.running.graph import Task
from dagcheck.running.outcomes import Fails
from dagcheck.sweeping.calendar import date_text
from dagcheck.sweeping.evidence import Evidence
from dagcheck.sweeping.structure import MOST_SAMPLES, RAN, run_with


def has_teardown(dag: Any) -> bool:
    """Tell whether a task of a DAG is a teardown."""
    return any(task.is_teardown for task in dag.task_dict.values())


def stranded(evidence: Evidence) -> Iterator[SweptFact]:
    """Yield them, each once; with the task whose failure shows it, and the setup whose work stays.

    A teardown below a branch that could not be decided is left alone: what it chooses is made up.
    """
    tasks = {task.task_id: task for task in evidence.plan.graph.tasks}
    for task in tasks.values():
        setups = [one for one in task.upstream if tasks[one].is_setup]
        if task.is_teardown and setups and evidence.undecided.keys().isdisjoint(task.upstream):
            dates = list(evidence.samples.values())[:MOST_SAMPLES]
            found = next(filter(None, (_first(evidence, task, setups, date) for date in dates)), None)
            if found is not None:
                yield found


def _first(evidence: Evidence, task: Task, setups: list[str], date: RunDate) -> SweptFact | None:
    """Return the first of these runs in which it happens: one as it goes by itself, one for each failure above."""
    ancestors = sorted(evidence.plan.ancestors(evidence.plan.positions[task.task_id]), reverse=True)
    above = [evidence.plan.graph.tasks[position] for position in ancestors]
    for failing in ("", *(one.task_id for one in above if not one.is_setup)):
        if evidence.deadline.over:
            return None
        run = run_with(evidence, {failing: Fails()} if failing else {}, date)
        left = [one for one in setups if run and "success" in _states(run.states, one)]
        if run and left and not _states(run.states, task.task_id) & RAN:
            given = f"outcomes={{{failing!r}: Fails()}}" if failing else ""
            return SweptFact(
                kind="teardown", task_id=task.task_id, date=date_text(evidence.dag, date), detail=failing,
                more=(left[0],), given=given,
            )  # fmt: skip
    return None


def _states(states: Mapping[str, str | None], task_id: str) -> set[str | None]:
    """Return those of all instances of a task."""
    return {state for key, state in states.items() if key.partition("[")[0] == task_id}
