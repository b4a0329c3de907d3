"""When DAGs run: the dates of each kind of schedule, as its own timetable computes them."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from dagcheck import Fails, run_dag
from dagcheck.assertions import assert_asset_flow, assert_schedule, assert_task
from dagcheck.dates import manual_run_date, run_dates
from dagcheck.strategies import scheduled_dates

if TYPE_CHECKING:
    from dagcheck.rundate import RunDate
    from dagcheck.running.result import Run

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
UTC = datetime.timezone.utc
pytestmark = pytest.mark.pattern("E9")


def logical(dagbag: Any, dag_id: str, start: str, end: str, zone: datetime.tzinfo = AMSTERDAM) -> list[str]:
    dates = [one.logical_date for one in run_dates(dagbag[dag_id], start, end)]
    return [date.astimezone(zone).strftime("%a %d %b %H:%M") for date in dates if date is not None]


def test_cron_is_ten_in_the_evening_also_when_clocks_change(dagbag: Any) -> None:
    assert logical(dagbag, "schedule_cron", "2024-03-30", "2024-04-01") == [
        "Sat 30 Mar 22:00", "Sun 31 Mar 22:00", "Mon 01 Apr 22:00",
    ]  # fmt: skip
    assert logical(dagbag, "schedule_cron", "2024-03-30", "2024-03-31", UTC) == ["Sat 30 Mar 21:00", "Sun 31 Mar 20:00"]


def test_weekly_is_sunday_at_midnight(dagbag: Any) -> None:
    assert logical(dagbag, "schedule_preset", "2024-01-01", "2024-01-31") == [
        "Sun 07 Jan 00:00", "Sun 14 Jan 00:00", "Sun 21 Jan 00:00", "Sun 28 Jan 00:00",
    ]  # fmt: skip
    assert_schedule("schedule_preset", "@weekly", timezone="Europe/Amsterdam")


def test_six_hours_are_six_hours_whatever_the_clock_says(dagbag: Any) -> None:
    moments = [one.moment for one in run_dates(dagbag["schedule_delta"], "2024-03-30", "2024-04-01")]
    steps = {after - before for before, after in pairwise(moments)}
    assert steps == {datetime.timedelta(hours=6)}
    hours = {moment.astimezone(AMSTERDAM).hour for moment in moments}
    assert hours == {0, 6, 12, 18, 1, 7, 13, 19}  # before, and from the night on in which an hour is missing


def test_an_asset_has_no_dates_and_follows_who_writes_it(dagbag: Any) -> None:
    assert run_dates(dagbag["schedule_asset"], "2024-01-01", "2024-12-31") == []
    assert_asset_flow("schedule_cron", "schedule_asset", asset="x-shop://store/daily_sales")


def test_writing_the_sales_tells_the_asset(run_dag: Callable[..., Run], store: Path) -> None:
    del store
    run = run_dag("schedule_cron", "2024-03-05")
    assert [event.uri for event in run.asset_events] == ["x-shop://store/daily_sales"]
    failed = run_dag("schedule_cron", "2024-03-05", outcomes={"write_sales": Fails()})
    assert failed.asset_events == ()


def test_the_sensor_waits_for_the_file_and_gives_up_in_the_evening(
    same_with_airflow: Callable[..., Run], run_dag: Callable[..., Run], store: Path
) -> None:
    assert_task("schedule_sensor", "partner_file", mode="reschedule", timeout=12 * 3600)
    lost = run_dag("schedule_sensor", "2024-03-05")
    assert (lost.state("partner_file"), lost.state("read_sales")) == ("failed", "upstream_failed")
    waited = lost.tries["partner_file"][-1].end - lost.tries["partner_file"][0].start
    assert waited >= datetime.timedelta(hours=12)
    (store / "partner_2024-03-05.csv").touch()
    assert same_with_airflow("schedule_sensor", "2024-03-05").success


def test_catching_up_is_a_run_for_each_day_of_the_past(dagbag: Any) -> None:
    runs = run_dates(dagbag["schedule_catchup"], "2000-01-01", "2100-01-01")
    days = [one.moment.astimezone(AMSTERDAM).day for one in runs]
    assert days == list(range(1, 32))
    assert_schedule("schedule_catchup", "0 0 * * *", catchup=True, start_date="2024-01-01")
    assert dagbag["schedule_catchup"].max_active_runs == 3


def test_the_others_do_not_catch_up(dagbag: Any) -> None:
    kinds = {dag_id: spec.catchup for dag_id, spec in dagbag.specs.items() if dag_id.startswith("schedule_")}
    assert [dag_id for dag_id, catchup in kinds.items() if catchup] == ["schedule_catchup"]
    assert len(kinds) == 6


def test_backfilled_days_are_those_of_daily_runs_and_no_day_stands_twice(
    run_dag: Callable[..., Run], dagbag: Any, store: Path
) -> None:
    days = run_dates(dagbag["schedule_catchup"], "2024-01-01", "2024-01-10")
    for when in [*days, *reversed(days)]:
        assert run_dag("schedule_catchup", when).success
    with closing(sqlite3.connect(store / "warehouse.sqlite")) as warehouse:
        (count, total) = warehouse.execute("SELECT count(*), sum(cents) FROM scheduled_sales").fetchone()
    assert count == 10
    by_hand = manual_run_date(dagbag["schedule_asset"], "2024-01-11")
    assert run_dag("schedule_asset", by_hand).xcom("read_sales") == total


@settings(max_examples=15, deadline=None)
@given(when=scheduled_dates("schedule_cron", "2024-01-01", "2030-12-31"))
def test_the_sales_are_those_of_the_local_day(when: RunDate, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("store")
    run_dag("schedule_cron", when, variables={"reference_store": str(folder)})
    with closing(sqlite3.connect(folder / "warehouse.sqlite")) as warehouse:
        assert warehouse.execute("SELECT day FROM scheduled_sales").fetchall() == [
            (when.moment.astimezone(AMSTERDAM).date().isoformat(),)
        ]


@pytest.mark.parametrize("kind", ["cron", "preset", "delta", "catchup"])
def test_each_runs_with_airflow(same_with_airflow: Callable[..., Run], dagbag: Any, store: Path, kind: str) -> None:
    del store
    (when, *_) = run_dates(dagbag[f"schedule_{kind}"], "2024-01-05", "2024-01-12")
    assert same_with_airflow(f"schedule_{kind}", when).success


def test_the_one_of_the_asset_runs_with_airflow(same_with_airflow: Callable[..., Run], store: Path) -> None:
    del store
    assert same_with_airflow("schedule_asset", "2024-03-05").xcom("read_sales") == 0
