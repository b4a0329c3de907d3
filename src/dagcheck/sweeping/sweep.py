"""One DAG, run over its dates from end to end."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from dagcheck._airflow.attributes import attempt
from dagcheck._airflow.graphs import decides
from dagcheck.record import Swept, SweptFact
from dagcheck.sweeping import contradictions, rules, structure, teardowns
from dagcheck.sweeping.calendar import Calendar, Span, calendar, date_text, left_out
from dagcheck.sweeping.deadline import Deadline
from dagcheck.sweeping.evidence import Evidence, a_clock

_LATER = datetime.timedelta(hours=37, minutes=30)  # another day, another half of the day, another half hour
_TWICE = 120  # dates that are looked at a second time, one after the other: every weekday, ends of months
_OVER_DATES = (rules.targets, rules.raising, rules.nothing_chosen, rules.never_taken, rules.undecided)
Rule = Callable[[Evidence], Iterator[SweptFact]]


def wanted(dag: Any) -> bool:
    """Tell whether a DAG branches, or has a task that clears up, by its name or as a teardown."""
    tasks = dag.task_dict.items()
    return teardowns.has_teardown(dag) or any(decides(task) or structure.is_cleanup(task_id) for task_id, task in tasks)


def sweep(dag: Any, span: Span, seconds: float) -> Swept | None:
    """Run a DAG over its dates for at most so long; None for a DAG that has no dates at all."""
    deadline = Deadline(seconds)
    days = span.of(dag, datetime.datetime.now(datetime.timezone.utc).date())
    # a timetable that raises is another check's
    found = attempt(lambda: calendar(dag, *days), Calendar(()))
    if not found.dates:
        return None
    evidence = Evidence(dag, deadline, by_hand=not found.own)
    evidence.complete = found.own
    with a_clock() as clock:
        evidence.gather(found.dates, clock)
        # the runs that were left out decide
        if not found.complete and (any(rules.never_taken(evidence)) or any(structure.dead_tasks(evidence))):
            more = attempt(lambda: left_out(dag, *days, found), None)
            evidence.complete = more is not None
            evidence.gather(more or (), clock)
        unstable = _unstable(evidence, found, clock)
        clock.restart(found.dates[0].run_after)
        evidence.doubted = frozenset(fact.task_id for fact in unstable)
        facts = [fact for rule in _OVER_DATES for fact in rule(evidence)]
        dead = list(structure.dead_tasks(evidence))
        skipped = contradictions.skipped_choices(evidence, [fact.task_id for fact in dead])
        facts += [*unstable, *dead, *skipped, *structure.unguarded_cleanups(evidence)]
        facts += teardowns.stranded(evidence)
    return Swept(
        dag_id=dag.dag_id,
        first=date_text(dag, found.dates[0]),
        last=date_text(dag, max(evidence.dates, key=lambda run: run.moment)) if evidence.dates else "",
        runs=evidence.runs,
        complete=not deadline.over,
        facts=tuple(facts),
    )


def _unstable(evidence: Evidence, found: Calendar, clock: Any) -> list[SweptFact]:
    """Make some of the runs again, later."""
    again = Evidence(evidence.dag, evidence.deadline, by_hand=not found.own)
    again.gather(found.dates[:_TWICE], clock, later=_LATER)
    return list(rules.unstable(evidence, again))
