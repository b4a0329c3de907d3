"""What must hold for the branches of a DAG on every date of a range: one line in a test each.

    from dagcheck.properties import assert_join_runs

    def test_the_report_is_always_made():
        assert_join_runs("orders", "2024-01-01", "2026-01-01")

Each takes a DAG object or the id of a DAG in the configured folder, and the range (both ends included); what `simulate`
takes as `outcomes`, `params`, `conf`, `variables` and `connections` is given to every run. Only the branches are
executed. A property that does not hold raises AssertionError with the first date, what happened, and the line that
shows it. A branch that needs what a simulation cannot know raises UsageError with what would decide it; so does a range
without any run. A DAG without dates of its own is run by hand, at the moments of the range at which dates go wrong.
"""

from __future__ import annotations

import datetime
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from dagcheck import dates
from dagcheck._airflow import timetables
from dagcheck.assertions.subject import live, spec_of
from dagcheck.assertions.telling import where
from dagcheck.errors import UsageError
from dagcheck.record import Swept, SweptFact
from dagcheck.rundate import Moment, RunDate, first_moment
from dagcheck.running.result import Run
from dagcheck.sweeping import rules, structure
from dagcheck.sweeping.calendar import date_text, started_runs
from dagcheck.sweeping.deadline import Deadline
from dagcheck.sweeping.evidence import AT_ONCE, Evidence, a_clock
from dagcheck.sweeping.words import call, said

__all__ = [
    "assert_deterministic",
    "assert_every_branch_reached",
    "assert_exactly_one",
    "assert_join_runs",
    "assert_no_dead_task",
    "assert_race_free",
    "assert_same_in_timezone",
    "assert_total",
    "assert_valid_targets",
]
_LATER = datetime.timedelta(hours=37, minutes=30)
_Facts = Iterable[SweptFact]


def assert_total(dag: Any, start: Moment, end: Moment, *, nothing: bool = False, **given: Any) -> None:
    """Assert that no branch raises on any date, and that each chooses something; `nothing`: it may choose nothing."""
    __tracebackhide__ = True
    seen = _Range(dag, start, end, given)
    chosen = () if nothing else rules.nothing_chosen(seen.evidence, given=True)
    unknown = (fact for fact in rules.targets(seen.evidence) if fact.kind == "unknown-target")
    seen.refuse([*rules.raising(seen.evidence), *unknown, *chosen])


def assert_valid_targets(dag: Any, start: Moment, end: Moment, **given: Any) -> None:
    """Assert that branches return tasks directly downstream, or groups that hold one, alone."""
    __tracebackhide__ = True
    seen = _Range(dag, start, end, given)
    seen.refuse(rules.targets(seen.evidence))


def assert_exactly_one(dag: Any, start: Moment, end: Moment, **given: Any) -> None:
    """Assert that every branch chooses exactly one id on every date."""
    __tracebackhide__ = True
    seen = _Range(dag, start, end, given)
    seen.refuse([*rules.raising(seen.evidence), *rules.not_exactly_one(seen.evidence)])


def assert_every_branch_reached(dag: Any, start: Moment, end: Moment, **given: Any) -> None:
    """Assert that some date takes each side of each branch, and lets each short circuit pass."""
    __tracebackhide__ = True
    seen = _Range(dag, start, end, given)
    seen.refuse(rules.never_taken(seen.evidence, given=True))


def assert_join_runs(dag: Any, start: Moment, end: Moment, *joins: str, **given: Any) -> None:
    """Assert that what joins the sides of a branch succeeds on every date on which something before it has succeeded.

    `joins`: these tasks alone; without any, all that stand below more than one side.
    """
    __tracebackhide__ = True
    missed: list[SweptFact] = []
    seen = _Range(dag, start, end, given, lambda evidence: partial(_note_joins, evidence, joins, missed))
    seen.refuse(missed)


def _note_joins(evidence: Evidence, wanted: tuple[str, ...], missed: list[SweptFact], run: Run) -> None:
    for task in structure.joins(evidence):
        done = [parent for parent in task.upstream if run.states.get(parent) == "success"]
        state = run.states.get(task.task_id)
        if done and state == "skipped" and (not wanted or task.task_id in wanted):
            date = date_text(evidence.dag, run.date)
            missed.append(
                SweptFact(kind="skipped-join", task_id=task.task_id, date=date, detail=state, more=(done[0],))
            )


def assert_no_dead_task(dag: Any, start: Moment, end: Moment, **given: Any) -> None:
    """Assert that every task runs on some date, or when one task above it fails."""
    __tracebackhide__ = True
    seen = _Range(dag, start, end, given)
    with a_clock():
        dead = list(structure.idle_tasks(seen.evidence))
    seen.refuse(dead)


def assert_race_free(dag: Any, start: Moment, end: Moment, **given: Any) -> None:
    """Assert that on no date a state depends on which of two tasks ends first."""
    __tracebackhide__ = True
    seen = _Range(dag, start, end, given)
    seen.refuse(rules.races(seen.evidence))


def assert_deterministic(dag: Any, start: Moment, end: Moment, **given: Any) -> None:
    """Assert that every run decides the same when it is made a day and a half later, with other randomness.

    LatestOnlyOperator is left out: to decide by the clock is what it is for.
    """
    __tracebackhide__ = True
    seen = _Range(dag, start, end, given)
    again = _Range(dag, start, end, given, later=_LATER)
    seen.refuse(rules.unstable(seen.evidence, again.evidence, given=True))


def assert_same_in_timezone(dag: Any, start: Moment, end: Moment, timezone: str, **given: Any) -> None:
    """Assert that every run decides the same on a machine in `timezone` (for example "Asia/Tokyo") as on one in UTC."""
    __tracebackhide__ = True
    with _local_time("UTC"):
        seen = _Range(dag, start, end, given)
    with _local_time(timezone):
        again = _Range(dag, start, end, given)
    seen.refuse(rules.unstable(seen.evidence, again.evidence, given=True, kind="zone"))


class _Range:
    """The runs of one DAG in a range; raises UsageError where there is none, or a branch cannot be decided."""

    def __init__(
        self,
        dag: Any,
        start: Moment,
        end: Moment,
        given: dict[str, Any],
        watch: Callable[[Evidence], Callable[[Run], None]] | None = None,
        later: datetime.timedelta = AT_ONCE,
    ) -> None:
        found = live(dag)
        if found is None:
            raise UsageError("a property needs the DAG itself, or its id: a DagSpec has no branches that could run")
        self._subject, self._dag = dag, found
        self._dates = tuple(_dates(self._dag, start, end))
        self.evidence = Evidence(self._dag, Deadline(math.inf), given=given)
        if watch is not None:
            self.evidence.on_run = watch(self.evidence)
        with a_clock() as clock:
            self.evidence.gather(self._dates, clock, later)
        for fact in rules.undecided(self.evidence):
            raise UsageError(f"{fact.task_id!r} of {self._dag.dag_id!r} {said(fact, self._swept)}; say {fact.given}")

    @property
    def _swept(self) -> Swept:
        first, last = (date_text(self._dag, date) for date in (self._dates[0], self._dates[-1]))
        return Swept(dag_id=self._dag.dag_id, first=first, last=last, runs=len(self._dates))

    def refuse(self, facts: _Facts) -> None:
        """Raise AssertionError for the earliest of these facts, if there is one."""
        __tracebackhide__ = True
        order = {date_text(self._dag, date): number for number, date in enumerate(self._dates)}
        found = sorted(facts, key=lambda fact: order.get(fact.date, 0))
        if found:
            fact = found[0]
            place = where(spec_of(self._subject), fact.task_id.partition("[")[0])
            at = f"\n  raised at {fact.file}:{fact.line}" if fact.file else ""
            shown = call(fact, self._dag.dag_id)
            raise AssertionError(f"{place} {said(fact, self._swept)}{at}\n  shown by {shown}")


def _dates(dag: Any, start: Moment, end: Moment) -> Iterator[RunDate]:
    first, last = dates.moments(start, end, timetables.zone_of(dag))
    own = timetables.names_dates(dag)
    found = list(timetables.scheduled_runs(dag, first, last) if own else started_runs(dag, first, last))
    if not found:
        raise UsageError(f"DAG {dag.dag_id!r} has no run from {start} to {end} ({dates.limits_of(dag)})")
    yield from found


@contextmanager
def _local_time(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    first_moment(f"2024-01-01 {zone}", datetime.timezone.utc)  # refuses a zone that there is not
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        del os.environ["TZ"]
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
