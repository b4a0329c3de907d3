from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room


def _dag(schedule: Any) -> Any:
    import pendulum

    from dagcheck._airflow.classes import dag_class

    return dag_class()("orders", schedule=schedule, start_date=pendulum.datetime(2020, 1, 1, tz="Europe/Berlin"))


def _drawn(schedule: Any, start: str, end: str) -> list[str]:
    """Return the dates of 200 examples, with every health check on, of a schedule that takes long to read."""
    import time

    from hypothesis import given, settings

    from dagcheck import strategies
    from dagcheck._airflow import timetables

    shown: set[str] = set()
    zone_of = timetables.zone_of
    timetables.zone_of = lambda dag: (time.sleep(1.2), zone_of(dag))[1]  # type: ignore[func-returns-value]

    @settings(database=None, max_examples=200, derandomize=True)
    @given(strategies.scheduled_dates(_dag(schedule), start, end))
    def test(when: Any) -> None:
        shown.add(str(when))

    test()
    return sorted(shown)


@pytest.mark.parametrize("schedule", ["0 6 * * *", "@hourly"])
def test_dates_are_the_schedules_and_hold_the_corners(room: Room, schedule: str) -> None:
    drawn = room(_drawn, schedule, "2020-01-01", "2024-12-31")
    assert drawn[0] >= "2019-12-31 23:00"
    assert drawn[-1] < "2024-12-31 23:00"
    assert any(date[5:10] == "02-29" for date in drawn)
    assert any(date.startswith(("2020-12-28", "2020-12-29", "2020-12-30", "2020-12-31")) for date in drawn)
    assert schedule == "@hourly" or {date[11:] for date in drawn} == {"04:00 UTC", "05:00 UTC"}


def _earliest(seed: int) -> tuple[str, str]:
    """Let a random set of dates fail; return which one Hypothesis shows, and which one is the earliest."""
    import contextlib
    import io
    import random

    from hypothesis import given, settings

    from dagcheck.dates import run_dates
    from dagcheck.earliest import shrinking_to_earliest
    from dagcheck.strategies import scheduled_dates

    dag = _dag("@daily")
    generator = random.Random(seed)  # noqa: S311 -- no secret
    failing = set(generator.sample(run_dates(dag, "2020-01-01", "2022-12-31"), 90))
    shown: list[Any] = []

    def test(when: Any) -> None:
        shown.append(when)
        assert when not in failing

    dates = scheduled_dates(dag, "2020-01-01", "2022-12-31")
    wrapped: Any = given(dates)(settings(database=None, derandomize=True, deadline=None)(test))
    wrapped.hypothesis.inner_test = shrinking_to_earliest(test)
    with contextlib.suppress(AssertionError), contextlib.redirect_stdout(io.StringIO()):
        wrapped()
    return str(shown[-1]), str(min(failing, key=lambda run: run.moment))


@pytest.mark.parametrize("seed", range(2))
def test_whatever_fails_shrinks_to_the_earliest(room: Room, seed: int) -> None:
    shown, earliest = room(_earliest, seed)
    assert shown == earliest


def _refused(schedule: Any) -> str:
    from hypothesis import given

    from dagcheck.errors import UsageError
    from dagcheck.strategies import scheduled_dates

    @given(scheduled_dates(_dag(schedule), "2019-01-01", "2019-12-31"))
    def test(when: Any) -> None: ...

    try:
        test()
    except UsageError as error:
        return str(error)
    return ""


def test_a_range_without_a_run_is_refused_when_the_test_runs(room: Room) -> None:
    assert room(_refused, "0 6 * * *") == (
        "DAG 'orders' has no run from 2019-01-01 to 2019-12-31 (schedule '0 6 * * *', Europe/Berlin, "
        "start date 2019-12-31 23:00 UTC)"
    )


def test_a_dag_without_dates_is_refused_with_what_serves_instead(room: Room) -> None:
    assert room(_refused, None) == (
        "DAG 'orders' has no dates of its own (schedule None, Europe/Berlin): draw from logical_dates and make runs by "
        "hand of them (manual_run_date)"
    )
