"""Which dates of a DAG are tried: all of its own in some years, and those around them at which dates go wrong."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dagcheck import dates
from dagcheck._airflow import timetables
from dagcheck.corners import corner_moments
from dagcheck.rundate import RunDate, first_moment

_DAY = datetime.timedelta(days=1)
_MOST = 1_000  # runs of which each is tried
_EVERY = 3_000  # runs of which each is tried where that decides something
_AROUND = 5  # years before and after from which corners come
_EACH = 2  # runs of one nasty day
_UTC = datetime.timezone.utc


@dataclass(frozen=True, slots=True)
class Span:
    """The years of a sweep: `years` from `start`; without it, from the DAG's start or a year ago, whichever is later.

    Years begin on 1 January, so that the dates stay the same for a year.
    """

    start: datetime.date | None = None
    years: int = 2

    def of(self, dag: Any, today: datetime.date) -> tuple[datetime.date, datetime.date]:
        """Return the first and the last day."""
        earliest = timetables.bounds(dag)[0]
        start = self.start or max(
            datetime.date(today.year - 1, 1, 1), earliest.date() if earliest else datetime.date.min
        )
        first_of_year = start.replace(month=1, day=1)
        return start, first_of_year.replace(year=start.year + self.years) - _DAY


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates that are tried, earliest first; `complete`: no date of the span is left out.

    `own` tells that they are the DAG's own: else somebody or something starts its runs whenever it likes.
    """

    dates: tuple[RunDate, ...]
    complete: bool = True
    own: bool = True


_known: dict[tuple[str | None, datetime.date, datetime.date], Calendar] = {}  # half of a folder is often `@daily`
_MOST_KNOWN = 50


def calendar(dag: Any, first: datetime.date, last: datetime.date) -> Calendar:
    """Return what is tried of a DAG between two days; raises what a timetable of the user's raises."""
    key = (timetables.same_dates(dag), first, last)
    if key[0] is None:
        return _listed(dag, first, last)
    if key not in _known:
        if len(_known) == _MOST_KNOWN:
            del _known[next(iter(_known))]
        _known[key] = _listed(dag, first, last)
    return _known[key]


def _listed(dag: Any, first: datetime.date, last: datetime.date) -> Calendar:
    if not timetables.names_dates(dag):
        zone = timetables.zone_of(dag)
        return Calendar(tuple(started_runs(dag, _moment(first, zone), _moment(last, zone))), own=False)
    first, last = _in_its_time(dag, first, last)
    listed = list(itertools.islice(dates.iter_run_dates(dag, first, last), _MOST + 1))
    complete = len(listed) <= _MOST
    if not complete:
        listed = listed[: _MOST // 3] + list(_one_a_day(dag, listed[_MOST // 3].moment.date(), last))
    listed += _nasty(dag, first, last)
    unique = {run.moment: run for run in listed}
    return Calendar(tuple(unique[moment] for moment in sorted(unique)), complete=complete)


def left_out(dag: Any, first: datetime.date, last: datetime.date, tried: Calendar) -> tuple[RunDate, ...] | None:
    """Return the runs between two days that are not among those tried; None if they are too many to try each."""
    span = _in_its_time(dag, first, last)
    listed = list(itertools.islice(dates.iter_run_dates(dag, *span), _EVERY + 1))
    known = {run.moment for run in tried.dates}
    return tuple(run for run in listed if run.moment not in known) if len(listed) <= _EVERY else None


def _in_its_time(dag: Any, first: datetime.date, last: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Return the same days, or where the DAG's time is over or has not come, as many from its start."""
    earliest = timetables.bounds(dag)[0]
    if earliest is None or next(dates.iter_run_dates(dag, first, last), None) is not None:
        return first, last
    return earliest.date() - _DAY, earliest.date() + (last - first)


def _one_a_day(dag: Any, first: datetime.date, last: datetime.date) -> Iterator[RunDate]:
    """Of each day the first run after another hour than on the day before."""
    zone = timetables.zone_of(dag)
    for number in range((last - first).days + 1):
        start = first_moment(first + number * _DAY, zone) + datetime.timedelta(hours=number * 7 % 24)
        yield from itertools.islice(dates.iter_run_dates(dag, start, start + _DAY), 1)


def _nasty(dag: Any, first: datetime.date, last: datetime.date) -> Iterator[RunDate]:
    """The runs on 29 February, in ISO week 53 and around it, in the years around."""
    zone = timetables.zone_of(dag)
    year = datetime.timedelta(days=366)
    start, end = _moment(first - _AROUND * year, zone), _moment(last + _AROUND * year, zone)
    corners = corner_moments(start, end, datetime.timezone.utc)
    for day in sorted({moment.date() for moment in (*corners["leap"], *corners["week"])}):
        if not first <= day <= last:
            yield from itertools.islice(dates.iter_run_dates(dag, day, day), _EACH)


def started_runs(dag: Any, start: datetime.datetime, end: datetime.datetime) -> Iterator[RunDate]:
    """Yield runs of a DAG without dates, as somebody or something starts them, at moments at which dates go wrong."""
    corners = corner_moments(start, end, timetables.zone_of(dag))
    for moment in sorted({*corners["month"], *corners["leap"], *corners["week"], *corners["weekday"]}):
        utc = moment.astimezone(_UTC)
        yield timetables.run_for_assets(dag, utc) or dates.manual_run_date(dag, utc)


def _moment(day: datetime.date, zone: datetime.tzinfo) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), zone)


def date_text(dag: Any, run: RunDate) -> str:
    """Return the date as `simulate` takes it, as short as it can be."""
    if run.logical_date is None:
        return f"RunDate(logical_date=None, run_after={run.run_after!r}, run_type={run.run_type!r})"
    local = run.logical_date.astimezone(timetables.zone_of(dag))
    whole = local.timetz().replace(tzinfo=None) == datetime.time() and not local.fold
    return local.date().isoformat() if whole else str(run)
