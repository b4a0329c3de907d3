"""The dates of a DAG's runs, from its own timetable.

A date is given as text, `datetime.date` or `datetime.datetime`. A text without offset or zone is read in the zone of
the schedule: that of the cron timetable, else of the DAG, so that "2024-01-01" names the midnight at which a daily DAG
runs. A range includes both ends; an end without a time of day includes that whole day.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from typing import Any

from dagcheck._airflow import timetables
from dagcheck._airflow.schedules import asset_condition, schedule_text, schedule_timezone
from dagcheck.errors import UsageError
from dagcheck.rundate import Moment, RunDate, first_moment, last_moment, moment_text

__all__ = ["Moment", "RunDate", "iter_run_dates", "manual_run_date", "moment_text", "run_date", "run_dates"]

_UTC = datetime.timezone.utc
_FAR = datetime.timedelta(days=5 * 366)  # further than any cron expression leaps, 29 February of 1896 to 1904 aside


def run_dates(dag: Any, start: Moment, end: Moment) -> list[RunDate]:
    """Return every scheduled run of a DAG whose logical date lies between `start` and `end`, earliest first.

    With data intervals, and only within the DAG's start and end date. Empty for a DAG without dates of its own
    (schedule None, assets alone, `@continuous`). `catchup` does not matter. Runs that have no logical date (partitions,
    since 3.2) count by `run_after`. Raises UsageError for a range that holds nothing or cannot be read.
    """
    return list(iter_run_dates(dag, start, end))


def iter_run_dates(dag: Any, start: Moment, end: Moment) -> Iterator[RunDate]:
    """As `run_dates`, one after the other: asking a cron timetable takes 0.1 to 0.6 ms a date."""
    first, last = moments(start, end, timetables.zone_of(dag))
    return timetables.scheduled_runs(dag, first, last)


def moments(start: Moment, end: Moment, zone: datetime.tzinfo) -> tuple[datetime.datetime, datetime.datetime]:
    """Return the first and the last moment of a range, in UTC; raises UsageError if there is none between them."""
    first, last = first_moment(start, zone).astimezone(_UTC), last_moment(end, zone).astimezone(_UTC)
    if first > last:
        raise UsageError(f"the range starts at {moment_text(first)}, after its end at {moment_text(last)}")
    return first, last


def manual_run_date(dag: Any, when: Moment) -> RunDate:
    """Return the date of a run that somebody starts by hand for `when`, with the data interval that Airflow infers."""
    logical_date = first_moment(when, timetables.zone_of(dag)).astimezone(_UTC)
    interval = timetables.manual_interval(dag, logical_date)
    return RunDate(logical_date=logical_date, data_interval=interval, run_after=logical_date, run_type="manual")


def run_date(dag: Any, when: Moment | RunDate) -> RunDate:
    """Return the run that a test means by `when`.

    That is the scheduled run with this logical date; for a date without a time of day else the only run of that day;
    for a DAG without dates of its own (see `run_dates`) a manual run. A RunDate stays as it is. Raises UsageError for a
    date that the schedule does not have, and says which are near.
    """
    if isinstance(when, RunDate):
        return when
    if not timetables.names_dates(dag):
        return manual_run_date(dag, when)
    zone = timetables.zone_of(dag)
    first, last = first_moment(when, zone), last_moment(when, zone)
    found = list(iter_run_dates(dag, first, last))
    exact = [run for run in found if run.moment == first] or found
    if len(exact) != 1:
        raise UsageError(_no_such_run(dag, when, first, found))
    return exact[0]


def schedule_of(dag: Any) -> str:
    """Return the schedule as its author meant it, with its zone: `'0 6 * * *', Europe/Berlin`."""
    timetable = timetables.timetable_of(dag)
    return f"{schedule_text(timetable, asset_condition(dag))!r}, {schedule_timezone(timetable, dag)}"


def limits_of(dag: Any) -> str:
    """Return what bounds the dates of a DAG, for messages: the schedule, and start and end date if there are any."""
    earliest, latest = timetables.bounds(dag)
    ends = [
        f"start date {moment_text(earliest)}" if earliest else "",
        f"end date {moment_text(latest)}" if latest else "",
    ]
    return ", ".join(filter(None, (f"schedule {schedule_of(dag)}", *ends)))


def _no_such_run(dag: Any, when: Moment, first: datetime.datetime, found: list[RunDate]) -> str:
    name = f"DAG {dag.dag_id!r}"
    earliest, latest = timetables.bounds(dag)
    if earliest is not None and first < earliest and not found:
        return f"{when} is before the start date of {name}, {moment_text(earliest)}; {_by_hand(when)}"
    if latest is not None and first > latest:
        return f"{when} is after the end date of {name}, {moment_text(latest)}; {_by_hand(when)}"
    if found:
        some = ", ".join(str(run) for run in found[:3])
        return f"{name} ({schedule_of(dag)}) runs {len(found)} times on {when}: say which, for example {some}"
    near = " and ".join(_neighbours(dag, first)) or "none"
    return f"{name} ({schedule_of(dag)}) has no run for {when}; the nearest: {near}; {_by_hand(when)}"


def _by_hand(when: Moment) -> str:
    return f"for a run started by hand use manual_run_date(dag, {str(when)!r})"


def _neighbours(dag: Any, moment: datetime.datetime) -> Iterator[str]:
    """The last run before and the first one after a moment."""
    earliest, _ = timetables.bounds(dag)
    for days in (2, 60, _FAR.days):
        start = max(moment - datetime.timedelta(days=days), earliest or datetime.datetime.min.replace(tzinfo=_UTC))
        before = list(timetables.scheduled_runs(dag, start, moment)) if start <= moment else []
        if before or start == earliest:
            yield from map(str, before[-1:])
            break
    yield from map(str, itertools.islice(timetables.scheduled_runs(dag, moment, moment + _FAR), 1))
