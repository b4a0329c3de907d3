"""Hypothesis strategies for dates: of one DAG's runs, or any.

    @given(when=scheduled_dates("complex_branching", "2020-01-01", "2030-01-01"))
    def test_join_always_runs(when): ...

Nothing is loaded before the test runs: neither Hypothesis when this module is imported, nor Airflow and the DAG when a
strategy is made. Most dates come from the corners of the calendar (`corners`), each kind of them as often.

With the pytest plugin a failing date shrinks to the earliest one that fails (`earliest`). For that, a date is drawn as
two numbers: a kind and a place in the range. Kind 0 is the date at this place, every other kind one before it, so that
a test that fails from some date on can first drop the kind and then halve the way to that date.
"""

from __future__ import annotations

import datetime
import itertools
import zoneinfo
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dagcheck import dates
from dagcheck._airflow import timetables
from dagcheck.corners import corner_moments
from dagcheck.earliest import Date, Source
from dagcheck.errors import UsageError
from dagcheck.rundate import Moment, RunDate

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_UTC = datetime.timezone.utc
_DAY = datetime.timedelta(days=1)
_MINUTE = datetime.timedelta(minutes=1)
_TICK = datetime.timedelta(microseconds=1)
_MOST = 5_000  # runs that are listed: cron takes 0.1 to 0.6 ms for each


def scheduled_dates(dag: Any, start: Moment, end: Moment) -> SearchStrategy[RunDate]:
    """Generate the runs that the schedule of a DAG has in a range, as `dates.run_dates` gives them.

    The DAG is an object, or the id of one in the configured folder. It is looked up when the test runs; UsageError is
    raised then, if it has no run in the range.
    """
    from hypothesis import strategies as st

    return st.deferred(lambda: _scheduled(_live(dag), start, end))


def logical_dates(start: Moment, end: Moment, timezone: str = "UTC") -> SearchStrategy[datetime.datetime]:
    """Generate moments of a range, as datetimes in `timezone`, in which dates without a zone are read too.

    Any whole minute, and its last microsecond. For callables that are tested by themselves, and for runs started by
    hand (`dates.manual_run_date`).
    """
    zone = zoneinfo.ZoneInfo(timezone)
    first, last = dates.moments(start, end, zone)
    corners = list(corner_moments(first, last, zone).values())
    source = Source(lambda moment: _earlier(first, moment, itertools.chain(*corners)))
    numbers = [[_number(first, one) for one in kind] for kind in corners]
    return _dates(source, _number(first, last), numbers, lambda number: _moment(first, last, number).astimezone(zone))


def _live(dag: Any) -> Any:
    if not isinstance(dag, str):
        return dag
    from dagcheck.dagbag import dag_named

    return dag_named(dag)


def _dates(
    source: Source[Date], last: int, corners: Iterable[Sequence[int]], date_at: Callable[[int], Date]
) -> SearchStrategy[Date]:
    """Draw a number up to `last`, any or by its kind one of the corners that are not greater, and make a date of it."""
    from hypothesis import strategies as st

    kinds = [kind for kind in corners if kind]

    @st.composite  # what it draws is shown by its repr, what `builds` and `map` make by the call that made it
    def date(draw: Callable[[SearchStrategy[int]], int]) -> Date:
        kind, number = draw(st.integers(0, len(kinds))), draw(st.integers(0, last))
        before = bisect_right(kinds[kind - 1], number) if kind else 0
        found = kinds[kind - 1][number % before] if before else number
        return source.remember(date_at(found), simplest=kind == 0)

    return date()


def _moment(first: datetime.datetime, last: datetime.datetime, number: int) -> datetime.datetime:
    """Even numbers are whole minutes, odd ones the last microsecond of them."""
    start = first.replace(second=0, microsecond=0)
    minutes, end_of_minute = divmod(number, 2)
    return min(max(start + minutes * _MINUTE + end_of_minute * (_MINUTE - _TICK), first), last)


def _number(first: datetime.datetime, moment: datetime.datetime) -> int:
    minutes, rest = divmod(moment - first.replace(second=0, microsecond=0), _MINUTE)
    return 2 * minutes + (rest == _MINUTE - _TICK)


def _earlier(
    first: datetime.datetime, moment: datetime.datetime, corners: Iterable[datetime.datetime]
) -> Iterator[datetime.datetime]:
    """The corners before a moment, and the same time on every day before it, in order."""
    days = ((first + number * _DAY).astimezone(moment.tzinfo).date() for number in range((moment - first).days + 1))
    same = (datetime.datetime.combine(day, moment.timetz()) for day in days)
    instants = sorted({one.astimezone(_UTC) for one in (*same, *corners)})
    yield from (one.astimezone(moment.tzinfo) for one in instants if first <= one < moment)


def _scheduled(dag: Any, start: Moment, end: Moment) -> SearchStrategy[RunDate]:
    first, last = dates.moments(start, end, timetables.zone_of(dag))
    runs = list(itertools.islice(timetables.scheduled_runs(dag, first, last), _MOST))
    if not runs:
        raise UsageError(_no_run(dag, start, end))
    return _any_of(dag, runs) if len(runs) < _MOST else _next_after(dag, runs[0].moment, last)


def _any_of(dag: Any, runs: list[RunDate]) -> SearchStrategy[RunDate]:
    moments = [run.moment for run in runs]
    corners = corner_moments(moments[0], moments[-1], timetables.zone_of(dag)).values()
    source = Source[RunDate](lambda run: runs[: runs.index(run)])
    return _dates(source, len(runs) - 1, [_near(moments, kind) for kind in corners], runs.__getitem__)


def _next_after(dag: Any, first: datetime.datetime, last: datetime.datetime) -> SearchStrategy[RunDate]:
    """Runs that are too many to list: each is looked up from some moment on."""
    corners = corner_moments(first, last, timetables.zone_of(dag)).values()
    source = Source[RunDate](lambda run: timetables.scheduled_runs(dag, first, run.moment - _TICK))

    def next_run(number: int) -> RunDate:
        runs = timetables.scheduled_runs(dag, _moment(first, last, number), last)
        return next(runs, None) or next(timetables.scheduled_runs(dag, first, last))

    return _dates(source, _number(first, last), [[_number(first, one) for one in kind] for kind in corners], next_run)


def _near(moments: list[datetime.datetime], corners: list[datetime.datetime]) -> list[int]:
    """Where the runs at the corners are, or next after them, and the last ones before."""
    at = {bisect_left(moments, corner) for corner in corners}
    return [index for index in sorted({*at, *(index - 1 for index in at)}) if 0 <= index < len(moments)]


def _no_run(dag: Any, start: Moment, end: Moment) -> str:
    if not timetables.names_dates(dag):
        return (
            f"DAG {dag.dag_id!r} has no dates of its own (schedule {dates.schedule_of(dag)}): draw from logical_dates "
            "and make runs by hand of them (manual_run_date)"
        )
    return f"DAG {dag.dag_id!r} has no run from {start} to {end} ({dates.limits_of(dag)})"
