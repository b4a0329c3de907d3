"""The logical dates that a spec's schedule stands for: what checks across DAGs know without Airflow.

Cron expressions and fixed durations alone; with either kind of timetable, and on every version, a logical date is a
moment that the expression names, or a multiple of the duration after the start date.
"""

from __future__ import annotations

import datetime
import itertools
import re
import zoneinfo
from collections.abc import Iterator

from dagcheck.spec import DagSpec

UTC = datetime.timezone.utc
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_CRON_FIELDS = 5


def start_of(dag: DagSpec) -> datetime.datetime | None:
    """Return the start date in UTC; None also for what is no date, which a hostile file may have sent."""
    try:
        return datetime.datetime.fromisoformat(dag.start_date).astimezone(UTC) if dag.start_date else None
    except (ValueError, OverflowError):
        return None


def logical_dates(dag: DagSpec, since: datetime.datetime) -> Iterator[datetime.datetime] | None:
    """Return the endless dates from `since` on, or the start date if that is later; None where they can't be known."""
    start = start_of(dag)
    if start is None or dag.schedule is None:
        return None
    if step := _duration(dag.schedule):
        first = start if since <= start else start + -(-(since - start) // step) * step
        return (first + number * step for number in itertools.count())
    return _cron_dates(dag, max(since, start))


def _duration(text: str) -> datetime.timedelta | None:
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return datetime.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _cron_dates(dag: DagSpec, since: datetime.datetime) -> Iterator[datetime.datetime] | None:
    from cronsim import CronSim, CronSimError

    expression = dag.schedule or ""
    try:
        zone = zoneinfo.ZoneInfo(dag.timezone)
        before = since.astimezone(zone) - datetime.timedelta(seconds=1)
        dates = CronSim(expression, before)
    except (CronSimError, ValueError, OSError, OverflowError, zoneinfo.ZoneInfoNotFoundError):
        return None
    return (date.astimezone(UTC) for date in dates) if len(expression.split()) == _CRON_FIELDS else None
