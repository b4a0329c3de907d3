"""Lets Hypothesis shrink a failing date to the earliest of all that fail.

Hypothesis replaces a failing date by an earlier one as long as that fails too. By itself that may end too late: from
a failing Tuesday in June no small step leads to the first Monday of the year. So the inner function of the test is
wrapped: at its first failure all earlier dates are tried in their order, and once the earliest one that fails is known,
the test also fails for every date after it, by being called for that one. What fails from some date on is shrunk
to exactly this date, by halving. Once that date is reached, in its simplest form, the wrapping steps back, so that
what Hypothesis finds out afterwards (phase `explain`) is about the test alone.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import time
import weakref
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Generic, TypeVar

from dagcheck.rundate import RunDate

Date = TypeVar("Date", RunDate, datetime)
_SOURCES: weakref.WeakSet[Any] = weakref.WeakSet()  # of Source
_SECONDS = 10.0


class Source(Generic[Date]):
    """What a strategy of dates knows: the date that it gave last, and which ones are earlier."""

    def __init__(self, earlier: Callable[[Date], Iterable[Date]]) -> None:
        """`earlier` gives the dates before one, earliest first."""
        self.latest: Date | None = None
        self.simplest = False
        self.earlier: Callable[[Date], Iterable[Date]] = earlier
        _SOURCES.add(self)

    def remember(self, date: Date, *, simplest: bool) -> Date:
        """Note a date that goes into a test, and whether Hypothesis knows no simpler way to draw it."""
        self.latest, self.simplest = date, simplest
        return date


def shrinking_to_earliest(test: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the inner function of a Hypothesis test (`test.hypothesis.inner_test`), as this module says.

    An argument counts if its very value was given by a `Source`. Two classes of exceptions are two failures, each with
    an earliest date of its own. A coroutine function, and a test that draws data while it runs, stay as they are: they
    could not be called again.
    """
    if inspect.iscoroutinefunction(test):
        return test
    searches: dict[str, _Search] = {}

    @functools.wraps(test)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        name, source = _date_among(named)
        if source is None:
            return test(*arguments, **named)
        search = searches.setdefault(name, _Search(alone=len(named) == 1))
        return search.call(lambda date: test(*arguments, **{**named, name: date}), source)

    return wrapped


def _date_among(named: dict[str, Any]) -> tuple[str, Source[Any] | None]:
    from hypothesis.strategies import DataObject

    if not any(isinstance(value, DataObject) for value in named.values()):
        for source in _SOURCES:
            for name, value in named.items():
                if source.latest is value:
                    return name, source
    return "", None


class _Search:
    """The earliest failing date of one argument, by class of exception."""

    def __init__(self, *, alone: bool) -> None:
        """`alone`: the test has no other argument."""
        self._alone = alone
        self._earliest: dict[type[Exception], Any] = {}
        self._reached: set[type[Exception]] = set()

    def call(self, test: Callable[[Any], Any], source: Source[Any]) -> Any:
        date, simplest = source.latest, source.simplest
        try:
            result = test(date)
        except Exception as error:
            kind = type(error)
            if kind not in self._earliest:
                self._earliest[kind] = _earliest(test, source.earlier(date), kind) or date
            if self._alone and simplest and not _before(self._earliest[kind], date):
                self._reached.add(kind)
            raise
        for kind, earliest in self._earliest.items():
            if kind not in self._reached and _before(earliest, date):
                test(earliest)
        return result


def _before(date: Any, other: Any) -> bool:
    return bool(_moment(date) < _moment(other))


def _moment(date: Any) -> Any:
    return date.moment if isinstance(date, RunDate) else date


def _earliest(test: Callable[[Any], Any], earlier: Iterable[Any], kind: type[Exception]) -> Any:
    """Return the first date that fails; None without one, and where the time does not suffice to know."""
    until = time.monotonic() + _SECONDS
    for date in earlier:
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                test(date)
            except Exception as error:  # noqa: BLE001 -- whatever the test is about
                if isinstance(error, kind):
                    return date
        if time.monotonic() > until:
            break
    return None
