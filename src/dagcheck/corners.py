"""The moments of a calendar at which code that looks at dates goes wrong."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator
from typing import Literal, get_args

Kind = Literal["month", "leap", "week", "weekday", "shift", "clock"]
_KINDS: tuple[Kind, ...] = get_args(Kind)
_UTC = datetime.timezone.utc
_DAY = datetime.timedelta(days=1)
_TICK = datetime.timedelta(microseconds=1)  # the last one of a day is where "end of day" comparisons break
_LONG_YEAR = 53


def corner_moments(
    start: datetime.datetime, end: datetime.datetime, zone: datetime.tzinfo
) -> dict[Kind, list[datetime.datetime]]:
    """Return the corners in [start, end] by kind, each once and in order, as moments in `zone`.

    Of the days of each kind the first moment, noon and the last microsecond. `month`: the first and the last day, so
    also of quarters and years; `leap`: 29 February and the days around it, in every year; `week`: days of ISO week 53,
    and those whose ISO year is another one; `weekday`: the first two weeks; `shift`: the days around a change of the
    zone's offset. `clock` are the moments around such a change, both readings of an hour that comes twice among them.
    """
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    found: dict[Kind, list[datetime.datetime]] = {kind: [] for kind in _KINDS}
    for day in (first + number * _DAY for number in range((last - first).days + 1)):
        for kind in _kinds(day, first):
            found[kind] += _edges(day, zone)
    for change in clock_changes(start, end, zone):
        found["clock"] += _around(change, zone)
        day = change.astimezone(zone).date()
        found["shift"] += [edge for near in (day - _DAY, day, day + _DAY) for edge in _edges(near, zone)]
    return {kind: _in_order(moments, start, end, zone) for kind, moments in found.items()}


def _in_order(
    moments: list[datetime.datetime], start: datetime.datetime, end: datetime.datetime, zone: datetime.tzinfo
) -> list[datetime.datetime]:
    instants = sorted({moment.astimezone(_UTC) for moment in moments})
    return [moment.astimezone(zone) for moment in instants if start <= moment <= end]


def _kinds(day: datetime.date, first: datetime.date) -> Iterator[Kind]:
    year, week, _ = day.isocalendar()
    if day.day == 1 or day.day == calendar.monthrange(day.year, day.month)[1]:
        yield "month"
    if (day.month, day.day) in {(2, 28), (2, 29), (3, 1)}:
        yield "leap"
    if year != day.year or week == _LONG_YEAR:
        yield "week"
    if (day - first).days < 14:  # noqa: PLR2004 -- two weeks
        yield "weekday"


def _edges(day: datetime.date, zone: datetime.tzinfo) -> Iterator[datetime.datetime]:
    for time in (datetime.time(), datetime.time(12), datetime.time.max):
        yield datetime.datetime.combine(day, time, zone)


def _around(change: datetime.datetime, zone: datetime.tzinfo) -> tuple[datetime.datetime, ...]:
    shift = abs(_offset(change, zone) - _offset(change - _TICK, zone))
    return change - shift, change - shift / 2, change - _TICK, change, change + shift / 2, change + shift


def clock_changes(
    start: datetime.datetime, end: datetime.datetime, zone: datetime.tzinfo
) -> Iterator[datetime.datetime]:
    """Yield the first moment of every new offset of `zone` in (start, end], in UTC."""
    at, last = start.astimezone(_UTC), end.astimezone(_UTC)
    while at < last:
        following = min(at + _DAY, last)
        if _offset(following, zone) != _offset(at, zone):
            yield _between(at, following, zone)
        at = following


def _between(before: datetime.datetime, after: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
    """Halve the way to the change between two moments; changes happen on whole seconds."""
    while after - before > _TICK:
        middle = before + (after - before) // 2
        if _offset(middle, zone) == _offset(before, zone):
            before = middle
        else:
            after = middle
    return after


def _offset(moment: datetime.datetime, zone: datetime.tzinfo) -> datetime.timedelta:
    return moment.astimezone(zone).utcoffset() or datetime.timedelta()
