from __future__ import annotations

import contextlib
import datetime
import io
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagcheck.earliest import Source, shrinking_to_earliest
from dagcheck.errors import UsageError
from dagcheck.rundate import moment_text
from dagcheck.strategies import logical_dates

FIRST = datetime.datetime(2020, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
LAST = datetime.datetime(2029, 12, 31, 23, 59, 59, 999999, tzinfo=ZoneInfo("Europe/Berlin"))
DATES = logical_dates("2020-01-01", "2029-12-31", "Europe/Berlin")


@given(DATES)
def test_every_date_is_in_range_and_knows_its_zone(when: datetime.datetime) -> None:
    assert FIRST <= when <= LAST
    assert when.tzinfo == ZoneInfo("Europe/Berlin")


def falsifying(strategy: Any, fails: Callable[..., bool], **others: Any) -> dict[str, Any]:
    """Return the arguments with which Hypothesis reports a test that must not meet `fails`."""
    shown: dict[str, Any] = {}

    def test(**named: Any) -> None:
        shown.update(named)
        assert not fails(*named.values())

    wrapped: Any = given(when=strategy, **others)(
        settings(database=None, max_examples=1000, deadline=None, derandomize=True)(test)
    )
    wrapped.hypothesis.inner_test = shrinking_to_earliest(wrapped.hypothesis.inner_test)  # as the plugin does
    with pytest.raises(AssertionError), contextlib.redirect_stdout(io.StringIO()):
        wrapped()
    return shown


@pytest.mark.parametrize(
    ("earliest", "fails"),
    [
        ("2020-02-28 00:00+01:00", lambda when: when.month == 2 and when.day in {28, 29}),
        ("2020-02-29 00:00+01:00", lambda when: (when.month, when.day) == (2, 29)),
        ("2020-12-28 00:00+01:00", lambda when: when.isocalendar().week == 53),
        ("2021-01-01 00:00+01:00", lambda when: when.isocalendar().year != when.year and when.month == 1),
        ("2020-03-29 03:00+02:00", lambda when: when.utcoffset() == datetime.timedelta(hours=2)),
        ("2020-10-25 02:00+01:00", lambda when: when.fold == 1),
        ("2020-01-01 23:59:59.999999+01:00", lambda when: when.time() == datetime.time.max),
        ("2020-01-04 00:00+01:00", lambda when: when.isoweekday() == 6),
        ("2020-01-31 00:00+01:00", lambda when: (when + datetime.timedelta(days=1)).day == 1),
    ],
)
def test_the_dates_at_which_code_goes_wrong_are_found_and_shrink_to_the_first(earliest: str, fails: Any) -> None:
    assert moment_text(falsifying(DATES, fails)["when"]) == earliest


def test_the_other_arguments_shrink_too() -> None:
    def fails(when: datetime.datetime, number: int) -> bool:
        return when.isoweekday() == 6 and number > 3

    shown = falsifying(DATES, fails, number=st.integers())
    assert (moment_text(shown["when"]), shown["number"]) == ("2020-01-04 00:00+01:00", 4)


def test_two_classes_of_exceptions_are_two_failures_with_an_earliest_date_each() -> None:
    days = [FIRST + datetime.timedelta(days=number) for number in range(100)]
    source = Source[datetime.datetime](lambda date: days[: days.index(date)])

    @shrinking_to_earliest
    def test(when: datetime.datetime) -> None:
        if when.month == 2:
            raise LookupError(moment_text(when))
        if when.isoweekday() == 7:
            raise ArithmeticError(moment_text(when))

    def told(day: int) -> str:
        try:
            test(when=source.remember(days[day], simplest=False))
        except (LookupError, ArithmeticError) as error:
            return f"{type(error).__name__} {error}"
        return "passes"

    assert told(5) == "passes"
    assert told(40) == "LookupError 2020-02-10 00:00+01:00"
    assert told(90) == "LookupError 2020-02-01 00:00+01:00"  # passes by itself
    assert told(81) == "ArithmeticError 2020-03-22 00:00+01:00"
    assert told(8) == "ArithmeticError 2020-01-05 00:00+01:00"


def test_a_test_that_draws_while_it_runs_and_one_that_is_a_coroutine_stay_as_they_are() -> None:
    async def coroutine(when: datetime.datetime) -> None: ...

    assert shrinking_to_earliest(coroutine) is coroutine
    calls: list[datetime.datetime] = []

    def drawing(when: datetime.datetime, data: st.DataObject) -> None:
        calls.append(data.draw(st.just(when)))
        assert when.month != 2

    wrapped: Any = given(when=DATES, data=st.data())(settings(database=None, deadline=None, derandomize=True)(drawing))
    wrapped.hypothesis.inner_test = shrinking_to_earliest(drawing)
    with pytest.raises(AssertionError), contextlib.redirect_stdout(io.StringIO()):
        wrapped()
    assert calls[-1].month == 2


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(UsageError, match=r"the range starts at 2024-03-01 00:00 UTC, after its end"):
        logical_dates("2024-03-01", "2024-02-29")


def test_importing_the_strategies_imports_neither_hypothesis_nor_airflow() -> None:
    code = "import sys, dagcheck.strategies; print(sorted({'hypothesis', 'airflow', 'pendulum'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
