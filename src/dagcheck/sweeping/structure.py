"""Tasks that no choice of the branches above them and no single failure lets run; cleanups that a failure prevents.

A structural rule would accuse the innocent, so every combination of what the branches above may return is simulated. Of
a branch that looks at nothing but the date that is what it has returned on its dates, and each side alone.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dagcheck._airflow.deciders import Decider
from dagcheck.record import SweptFact
from dagcheck.rundate import RunDate
from dagcheck.running.graph import Task
from dagcheck.running.outcomes import Fails, Returns
from dagcheck.running.result import Run
from dagcheck.simulating import UndecidedError
from dagcheck.sweeping.calendar import date_text
from dagcheck.sweeping.evidence import Evidence
from dagcheck.sweeping.rules import is_plain

_MOST = 128  # combinations of choices
_CLEANUP = re.compile(r"(?:^|[._-])(?:clean_?up|tear_?down)(?:$|[._-])", re.IGNORECASE)
RAN = frozenset({"success", "failed"})
MOST_SAMPLES = 8
_Outcomes = Mapping[str, Any]


def is_cleanup(task_id: str) -> bool:
    """Tell whether a task's name says that it clears up."""
    return _CLEANUP.search(task_id) is not None


def dead_tasks(evidence: Evidence) -> Iterator[SweptFact]:
    """Yield the first tasks on every way that can't run, whatever branches choose and whichever single task fails."""
    if not evidence.dates:
        return
    ran = set(evidence.ran)
    for task in evidence.plan.graph.tasks:
        if task.task_id in ran or not set(task.upstream) <= ran or task.has_condition:
            continue
        above = _deciders_above(evidence, task)
        if above is None or not _never_runs(evidence, task, above, ran):
            ran.add(task.task_id)  # it may run for all that is known
            continue
        if evidence.deadline.over:
            return
        sides = [one.task_id for one in above if _joins(evidence, task, one)]
        yield SweptFact(
            kind="join" if sides else "never-runs",
            task_id=task.task_id,
            date=date_text(evidence.dag, evidence.dates[0]),
            detail=task.trigger_rule,
            more=tuple(sides or task.upstream),
            given=given_choices(evidence, above),
        )


def _deciders_above(evidence: Evidence, task: Task) -> list[Decider] | None:
    """Return the deciders above a task; None if one of them can't be made to return what it may."""
    ancestors = evidence.plan.ancestors(evidence.plan.positions[task.task_id])
    tasks = [evidence.plan.graph.tasks[one] for one in sorted(ancestors)]
    found = [_as_seen(evidence, evidence.deciders[one.task_id]) for one in tasks if one.decides]
    possible = all(one.returns for one in found) and math.prod(len(one.returns) for one in found) <= _MOST
    return found if possible and not any(one.has_condition for one in tasks) else None


def _as_seen(evidence: Evidence, decider: Decider) -> Decider:
    """Return a branch as its dates have shown it, where the dates are all that it looks at."""
    seen = evidence.seen[decider.task_id]
    proven = seen.runs and evidence.complete and is_plain(evidence, decider)
    if decider.kind != "branch" or decider.written or not proven:
        return decider
    alone = [[child] for child in decider.children]
    return replace(decider, returns=(*map(list, seen.choices), *alone, []))


def _never_runs(evidence: Evidence, task: Task, above: list[Decider], ran: set[str]) -> bool:
    """Tell whether no choice and no single failure lets it run; notes in `ran` what else runs meanwhile."""
    date = evidence.dates[0]
    ancestors = evidence.plan.ancestors(evidence.plan.positions[task.task_id])
    failing = [evidence.plan.graph.tasks[one].task_id for one in sorted(ancestors)]
    for outcomes in _choices(above):
        for failed in (None, *failing):
            if evidence.deadline.over:
                return False
            run = run_with(evidence, {**outcomes, failed: Fails()} if failed else outcomes, date)
            if run is None:
                return False
            ran |= {key.partition("[")[0] for key, state in run.states.items() if state in RAN}
            if task.task_id in ran:
                return False
    return True


def _choices(above: list[Decider]) -> Iterator[dict[str, Any]]:
    for returned in itertools.product(*(one.returns for one in above)):
        yield {one.task_id: Returns(value) for one, value in zip(above, returned, strict=True)}


def run_with(evidence: Evidence, outcomes: _Outcomes, date: RunDate) -> Run | None:
    """Return a run in which undecided branches elsewhere do anything; None if it needs what nobody knows."""
    elsewhere = {
        one: Returns(evidence.deciders[one].returns[0]) for one in evidence.undecided if evidence.deciders[one].returns
    }
    try:
        return evidence.simulator({**elsewhere, **outcomes}).run(date)
    except UndecidedError:
        return None


def _joins(evidence: Evidence, task: Task, decider: Decider) -> bool:
    """Tell whether two parents stand on different sides of a branch."""
    plan = evidence.plan
    sides = [
        frozenset(
            child
            for child in decider.children
            if child == parent or plan.positions[parent] in plan.descendants(plan.positions[child])
        )
        for parent in task.upstream
    ]
    return len({side for side in sides if side}) > 1


def given_choices(evidence: Evidence, above: list[Decider]) -> str:
    """Return what `simulate` needs to be told where one of these is undecided: the first that it may return."""
    open_ones = [one for one in above if one.task_id in evidence.undecided]
    if not open_ones:
        return ""
    return f"outcomes={{{', '.join(f'{one.task_id!r}: Returns({one.returns[0]!r})' for one in open_ones)}}}"


def unguarded_cleanups(evidence: Evidence) -> Iterator[SweptFact]:
    """Yield the cleanups, last of their DAG by name, that run and that one failure above keeps from running."""
    dates = list(evidence.samples.values())[:MOST_SAMPLES]
    for task in evidence.plan.graph.tasks:
        if task.downstream or not task.upstream or task.is_teardown or not is_cleanup(task.task_id):
            continue
        found = next(filter(None, (_preventing(evidence, task, date) for date in dates)), None)
        if found is not None:
            failed, date = found
            yield SweptFact(
                kind="cleanup", task_id=task.task_id, date=date_text(evidence.dag, date), detail=failed,
                more=(task.trigger_rule,), given=f"outcomes={{{failed!r}: Fails()}}",
            )  # fmt: skip


def _preventing(evidence: Evidence, task: Task, date: RunDate) -> tuple[str, RunDate] | None:
    """Return the nearest task above whose failure alone keeps the cleanup from running."""
    if not _runs(evidence, task, {}, date):
        return None
    ancestors = evidence.plan.ancestors(evidence.plan.positions[task.task_id])
    for position in sorted(ancestors, reverse=True):
        above = evidence.plan.graph.tasks[position]
        if evidence.deadline.over:
            return None
        if not above.is_setup and _runs(evidence, task, {above.task_id: Fails()}, date) is False:
            return above.task_id, date
    return None


def _runs(evidence: Evidence, task: Task, outcomes: _Outcomes, date: RunDate) -> bool | None:
    run = run_with(evidence, outcomes, date)
    if run is None:
        return None
    return any(run.states[key] in RAN for key in run.states if key.partition("[")[0] == task.task_id)


def idle_tasks(evidence: Evidence) -> Iterator[SweptFact]:
    """Yield the tasks that ran on no date, nor on a date of each way when one task above them fails."""
    dates = list(evidence.samples.values())[:MOST_SAMPLES]
    for task in evidence.plan.graph.tasks:
        above = evidence.plan.ancestors(evidence.plan.positions[task.task_id])
        failing = [evidence.plan.graph.tasks[position].task_id for position in above]
        runs = (_runs(evidence, task, {one: Fails()}, date) for date in dates for one in failing)
        if task.task_id not in evidence.ran and not any(runs):
            yield SweptFact(
                kind="never-runs", task_id=task.task_id, date=date_text(evidence.dag, evidence.dates[0]),
                detail=task.trigger_rule, more=task.upstream,
            )  # fmt: skip


def joins(evidence: Evidence) -> list[Task]:
    """Return the tasks that stand below more than one side of a branch."""
    deciders = evidence.deciders.values()
    return [task for task in evidence.plan.graph.tasks if any(_joins(evidence, task, one) for one in deciders)]
