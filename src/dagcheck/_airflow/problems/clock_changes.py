"""What the changes between summer and winter time do to a schedule: runs that move, are left out, or come twice."""

from __future__ import annotations

import datetime
import functools
import zoneinfo
from collections import Counter
from collections.abc import Iterator
from typing import Any

from dagcheck._airflow import timetables
from dagcheck._airflow.schedules import schedule_zone, zone_name

UTC = datetime.timezone.utc
_DAY = datetime.timedelta(days=1)
_WEEK = datetime.timedelta(days=7)
_YEAR = 366
_HOURLY = 24  # with as many runs a day, nobody means a time of day

Times = list[str]


def clock_changes(dag: Any, since: datetime.datetime) -> tuple[str, str, str] | None:
    """Return what the changes of the year after `since` do: on their dates, in general, and the zone; None if nothing.

    The runs of the local day of a change are compared with those of the same weekday before and after it.
    """
    zone = _zone(zone_name(schedule_zone(dag.timetable, dag)))
    if zone is None:
        return None
    dated, general = [], []
    for day in _changes(zone, since.date()):
        if effect := _effect(*(_times(dag, day + step, zone) for step in (-_WEEK, 0 * _DAY, _WEEK))):
            dated.append(f"on {day} {effect}")
            general.append(effect)
    return ("; ".join(dated), "; ".join(general), zone.key) if dated else None


@functools.cache
def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):  # a fixed offset, for one
        return None


@functools.cache
def _changes(zone: zoneinfo.ZoneInfo, since: datetime.date) -> tuple[datetime.date, ...]:
    """The local days of the next year in which the offset from UTC changes."""
    days = [since + number * _DAY for number in range(_YEAR)]
    return tuple(day for day in days if _offset(zone, day) != _offset(zone, day + _DAY))


def _offset(zone: zoneinfo.ZoneInfo, day: datetime.date) -> datetime.timedelta | None:
    return datetime.datetime.combine(day, datetime.time(), zone).utcoffset()


def _times(dag: Any, day: datetime.date, zone: zoneinfo.ZoneInfo) -> Times:
    """The local times of day of one day's runs, in their order."""
    start = datetime.datetime.combine(day, datetime.time(), zone)
    end = datetime.datetime.combine(day + _DAY, datetime.time(), zone) - datetime.timedelta(microseconds=1)
    runs = timetables.scheduled_runs(dag, start.astimezone(UTC), end.astimezone(UTC))
    return [f"{run.moment.astimezone(zone):%H:%M}" for run in runs]


def _effect(before: Times, day: Times, after: Times) -> str | None:
    """Say what is different, None if nothing is, or if the days have too little in common to say so."""
    if not before or len(before) != len(after) or len(before) >= _HOURLY:
        return None
    if before != after:
        return f"it begins to run at {', '.join(after)} instead of {', '.join(before)}"
    return "; ".join(_of_the_day(Counter(before), Counter(day))) or None


def _of_the_day(usual: Counter[str], found: Counter[str]) -> Iterator[str]:
    doubled = [time for time in found if found[time] > max(usual[time], 1)]
    missing, new = sorted(usual - found), sorted(time for time in found if time not in usual)
    if doubled:
        yield f"it runs twice at {', '.join(doubled)}"
    if missing and new:
        yield f"it runs at {', '.join(new)} instead of {', '.join(missing)}"
    elif missing:
        yield f"it does not run at {', '.join(missing)}"
