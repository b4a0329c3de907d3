"""Tasks that a branch skips when it chooses them: they wait for what that choice leaves out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from dagcheck._airflow.deciders import Decider
from dagcheck.record import SweptFact
from dagcheck.rundate import RunDate
from dagcheck.running.graph import Task
from dagcheck.running.outcomes import Returns
from dagcheck.sweeping.calendar import date_text
from dagcheck.sweeping.evidence import Evidence
from dagcheck.sweeping.structure import given_choices, run_with


def skipped_choices(evidence: Evidence, dead: Collection[str]) -> Iterator[SweptFact]:
    """Yield them, each once, with the first date on which that happens.

    `dead`: those that no choice lets run, which is told already.
    """
    told = set(dead)
    for decider in evidence.deciders.values():
        for choice, date, count in _choices_of(evidence, decider):
            if evidence.deadline.over:
                return
            for task, parent in _contradictions(evidence, decider, choice, date):
                if task.task_id not in told:
                    told.add(task.task_id)
                    yield SweptFact(
                        kind="skipped-choice", task_id=task.task_id, date=date_text(evidence.dag, date),
                        detail=task.trigger_rule, more=(decider.task_id, parent), count=count,
                        given=given_choices(evidence, [replace(decider, returns=(list(choice),))]),
                    )  # fmt: skip


def _choices_of(evidence: Evidence, decider: Decider) -> list[tuple[tuple[str, ...], RunDate, int]]:
    """Return what a branch chose, when first and how often; of one that is undecided what is written out."""
    if decider.kind != "branch" or decider.mapped:
        return []
    if decider.task_id in evidence.undecided:
        return [(choice, date, 1) for choice in decider.written for date in evidence.dates[:1]]
    return [(choice, first.date, first.count) for choice, first in evidence.seen[decider.task_id].choices.items()]


def _contradictions(
    evidence: Evidence, decider: Decider, choice: tuple[str, ...], date: RunDate
) -> Iterator[tuple[Task, str]]:
    """Yield the tasks that a choice names and that their rule skips; with a task above that the choice skips."""
    run = run_with(evidence, {decider.task_id: Returns(list(choice))}, date)
    if run is None:
        return
    plan = evidence.plan
    chosen = frozenset[str]().union(*(decider.targets.get(one, ()) for one in choice))
    skipped = [one for one in decider.children if run.skipped_by.get(one) == decider.task_id]
    for position in sorted(plan.positions[one] for one in chosen):
        task = plan.graph.tasks[position]
        above = [one for one in skipped if plan.positions[one] in plan.ancestors(position)]
        if above and run.states.get(task.task_id) == "skipped" and run.skipped_by[task.task_id] == task.trigger_rule:
            yield task, above[0]
