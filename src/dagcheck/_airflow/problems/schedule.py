"""What a DAG's timetable says of its dates: whether there are any, how many are due, what changes of the clocks do.

Only Airflow's own timetables are asked: no method of the user's is called.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from typing import Any

from dagcheck._airflow import timetables
from dagcheck._airflow.attributes import flag
from dagcheck._airflow.problems.clock_changes import clock_changes
from dagcheck._airflow.problems.subject import Subject
from dagcheck._airflow.schedules import event_dates, schedule_text, schedule_zone, zone_name
from dagcheck.record import Problem
from dagcheck.rundate import RunDate

_SAMPLE = 8  # runs: a week and a day of a daily schedule
_CRON_FIELDS = 5
_known: dict[tuple[Any, ...], list[RunDate]] = {}
_NO_DATE = "CroniterBadDateError"  # what cron timetables raise for an expression like "0 0 30 2 *", 2.7 to 3.3


def problems(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with the dates of a DAG; at most one of the first three."""
    dag = subject.dag
    if not timetables.airflows_own(dag):
        return
    earliest, latest = timetables.bounds(dag)
    if earliest is None:
        if timetables.first_run(dag, catchup=flag(dag, "catchup")) is None:
            yield subject.problem("no-start-date")
        return
    if reason := _never(dag, earliest, latest):
        yield subject.problem("never-runs", "", reason)
        return
    now = datetime.datetime.now(datetime.timezone.utc)
    if flag(dag, "catchup"):
        yield from _due(subject, earliest, min(now, latest or now))
    if change := clock_changes(dag, max(now, earliest)):
        yield subject.problem("clock-change", "", *change)


def _never(dag: Any, earliest: datetime.datetime, latest: datetime.datetime | None) -> str | None:
    if latest is not None and latest < earliest:
        return f"its end date, {latest:%Y-%m-%d %H:%M}, is before its start date, {earliest:%Y-%m-%d %H:%M}"
    if latest is None and _has_dates_for_ever(dag):
        return None
    try:
        found = timetables.first_run(dag, catchup=True)
    except Exception as error:
        if type(error).__name__ != _NO_DATE:
            raise
        return "Airflow finds no date that fits its cron expression"
    return None if found else "its schedule has no date from its start date to its end date"


def _has_dates_for_ever(dag: Any) -> bool:
    """Tell of most cron expressions at a glance: any day of a month, or any month. To ask takes a millisecond a DAG."""
    fields = (schedule_text(dag.timetable) or "").split()
    return len(fields) == _CRON_FIELDS and "*" in fields[2:4]


def _first_runs(dag: Any, earliest: datetime.datetime, latest: datetime.datetime) -> list[RunDate]:
    """Return the first runs; of DAGs with one schedule, zone and start date they are the same and asked for once."""
    zone = zone_name(schedule_zone(dag.timetable, dag))
    schedule = schedule_text(dag.timetable), event_dates(dag.timetable)
    key = (timetables.airflows_own(dag), *schedule, zone, earliest, f"{latest:%Y-%m-%d %H:%M}")
    if key not in _known:
        _known[key] = list(itertools.islice(timetables.scheduled_runs(dag, earliest, latest), _SAMPLE))
    return _known[key]


def _due(subject: Subject, earliest: datetime.datetime, latest: datetime.datetime) -> Iterator[Problem]:
    """How many runs lie between the start date and now, or an end date before.

    Events are counted; of other schedules the distances of the first runs tell. `more` has a word if catchup is what
    Airflow does of its own accord.
    """
    first = _first_runs(subject.dag, earliest, latest)
    count = len(first)
    if events := event_dates(subject.dag.timetable):
        count = sum(earliest <= one <= latest for one in set(events))
    elif count == _SAMPLE:
        count = round((latest - first[0].moment) / (first[-1].moment - first[0].moment) * (_SAMPLE - 1))
    if count:
        yield subject.problem("catchup", "", str(count), f"{first[0].moment:%Y-%m-%d}", *_by_default())


def _by_default() -> tuple[str, ...]:
    """Return a word if DAGs that say nothing catch up: [scheduler] catchup_by_default, True until 3.0."""
    from airflow.configuration import conf

    return ("default",) if conf.getboolean("scheduler", "catchup_by_default") else ()
