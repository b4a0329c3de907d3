from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

BERLIN = "pendulum.datetime(2024, 1, 1, tz='Europe/Berlin')"
UTC = "pendulum.datetime(2024, 1, 1)"
DATELESS = ["None", "[Asset('a')]", "'@continuous'"]
LATER = [
    *[("AssetOrTimeSchedule(timetable=CronTriggerTimetable('0 0 29 * *', timezone='UTC'), assets=[Asset('a')])",
       ["2024-02-29 00:00 UTC"])] * at_least(2, 9),
    *[("MultipleCronTriggerTimetable('0 6 29 * *', '0 */12 * * 4', timezone='UTC')",
       ["2024-02-29 00:00 UTC", "2024-02-29 06:00 UTC", "2024-02-29 12:00 UTC"])] * at_least(3, 0),
    *[("CronPartitionTimetable('0 0 29 * *', timezone='UTC')",
       ["no logical date (scheduled, after 2024-02-29 00:00 UTC)"])] * at_least(3, 2),
]  # fmt: skip
INTERVALS_OF_CRON = not at_least(3, 0)  # 3.0: create_cron_data_intervals is off by default
_HEADER = """
import datetime, pendulum
from dateutil.relativedelta import relativedelta
from airflow import DAG
try:
    from airflow.sdk import Asset
    from airflow.providers.standard.operators.empty import EmptyOperator
except ImportError:
    from airflow.datasets import Dataset as Asset
    from airflow.operators.empty import EmptyOperator
from airflow.timetables.base import DagRunInfo, DataInterval, Timetable
from airflow.timetables.events import EventsTimetable
from airflow.timetables.interval import CronDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable
try:
    from airflow.timetables.assets import AssetOrTimeSchedule
except ImportError:
    try:
        from airflow.timetables.datasets import DatasetOrTimeSchedule as _Either
        AssetOrTimeSchedule = lambda timetable, assets: _Either(timetable=timetable, datasets=assets)
    except ImportError:
        pass

try:
    from airflow.timetables.trigger import MultipleCronTriggerTimetable
    from airflow.sdk import CronPartitionTimetable
except ImportError:
    pass

class Workdays(Timetable):
    def infer_manual_data_interval(self, *, run_after):
        raise NotImplementedError
    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        start = last_automated_data_interval.end if last_automated_data_interval else restriction.earliest
        while start.isoweekday() > 5:
            start = start.add(days=1)
        return DagRunInfo.interval(start, start.add(days=1))

class Stuck(Workdays):
    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        return DagRunInfo.exact(restriction.earliest)
"""


def _ask(what: str, arguments: str, start: Any, end: Any) -> Any:
    """Call a function of `dagcheck.dates` for a DAG; a run becomes [logical date, interval end, run_after]."""
    from dagcheck import dates

    names: dict[str, Any] = {}
    exec(_HEADER, names)  # noqa: S102 -- the test's own text
    dag = eval(f"DAG('orders', max_active_runs=1, {arguments})", names)  # noqa: S307 -- the test's own text
    names["EmptyOperator"](task_id="only", dag=dag)
    try:
        found = getattr(dates, what)(dag, *((start, end) if what == "run_dates" else (start,)))
    except (ValueError, NotImplementedError) as error:
        return f"{type(error).__name__}: {error}"
    return [_texts(run) for run in found] if isinstance(found, list) else _texts(found)


def _texts(run: Any) -> list[str | None]:
    from dagcheck.dates import moment_text

    end = run.data_interval and moment_text(run.data_interval[1])
    return [str(run), end, moment_text(run.run_after), run.run_type]


def logical_dates(room: Room, schedule: str, start: str, end: str, start_date: str = UTC, more: str = "") -> list[str]:
    arguments = f"schedule={schedule}, start_date={start_date}, {more}"
    return [run[0] for run in room(_ask, "run_dates", arguments, start, end)]


@pytest.mark.parametrize(
    ("schedule", "dates"),
    [
        ("'0 6 * * *'", ["2024-02-28 06:00 UTC", "2024-02-29 06:00 UTC", "2024-03-01 06:00 UTC"]),
        ("'@monthly'", ["2024-03-01 00:00 UTC"]),
        ("CronTriggerTimetable('30 5 29 * *', timezone='UTC')", ["2024-02-29 05:30 UTC"]),
        ("CronDataIntervalTimetable('0 0 * * 4', 'UTC')", ["2024-02-29 00:00 UTC"]),
        ("EventsTimetable([pendulum.datetime(2024, 2, 29), pendulum.datetime(2023, 1, 1)])", ["2024-02-29 00:00 UTC"]),
        ("relativedelta(months=1)", ["2024-03-01 00:00 UTC"]),
        ("Workdays()", ["2024-02-28 00:00 UTC", "2024-02-29 00:00 UTC", "2024-03-01 00:00 UTC"]),
        *[(dateless, []) for dateless in DATELESS],
        *LATER,
    ],
)
def test_every_kind_of_timetable_names_its_dates(room: Room, schedule: str, dates: list[str]) -> None:
    assert logical_dates(room, schedule, "2024-02-28", "2024-03-01") == dates


def test_once_is_the_start_date(room: Room) -> None:
    assert logical_dates(room, "'@once'", "2020-01-01", "2030-01-01") == ["2024-01-01 00:00 UTC"]


def test_a_fixed_delta_is_counted_from_the_start_date(room: Room) -> None:
    dates = logical_dates(room, "datetime.timedelta(days=10)", "2024-02-01", "2024-02-29")
    assert dates == ["2024-02-10 00:00 UTC", "2024-02-20 00:00 UTC"]


def test_a_delta_of_days_is_24_hours_also_where_clocks_change(room: Room) -> None:
    dates = logical_dates(room, "datetime.timedelta(days=1)", "2024-03-30", "2024-04-01", BERLIN)
    assert dates == ["2024-03-29 23:00 UTC", "2024-03-30 23:00 UTC", "2024-03-31 23:00 UTC"]


def test_a_range_is_read_in_the_zone_of_the_schedule(room: Room) -> None:
    dates = logical_dates(room, "'@daily'", "2024-03-30", "2024-04-01", BERLIN)
    assert dates == ["2024-03-29 23:00 UTC", "2024-03-30 23:00 UTC", "2024-03-31 22:00 UTC"]


def test_the_zone_of_a_cron_timetable_goes_before_that_of_the_dag(room: Room) -> None:
    schedule = "CronTriggerTimetable('@daily', timezone='Asia/Tokyo')"
    assert logical_dates(room, schedule, "2024-02-29", "2024-02-29", BERLIN) == ["2024-02-28 15:00 UTC"]


def test_in_the_hour_that_does_not_exist_cron_runs_an_hour_later(room: Room) -> None:
    dates = logical_dates(room, "'30 2 * * *'", "2024-03-31", "2024-03-31", BERLIN)
    assert dates == ["2024-03-31 01:30 UTC"]


def test_hourly_cron_runs_in_both_hours_of_a_fold(room: Room) -> None:
    dates = logical_dates(room, "'@hourly'", "2024-10-27 01:00", "2024-10-27 03:00", BERLIN)
    assert dates == [f"2024-10-{when}:00 UTC" for when in ("26 23", "27 00", "27 01", "27 02")]


def test_there_are_no_dates_before_the_start_and_after_the_end_of_the_dag(room: Room) -> None:
    more = "end_date=pendulum.datetime(2024, 1, 3)"
    dates = logical_dates(room, "'@daily'", "2023-01-01", "2025-01-01", more=more)
    assert dates == ["2024-01-01 00:00 UTC", "2024-01-02 00:00 UTC", "2024-01-03 00:00 UTC"]


def _share_dates(first: str, second: str) -> bool:
    from dagcheck._airflow.timetables import same_dates

    names: dict[str, Any] = {}
    exec(_HEADER, names)  # noqa: S102 -- the test's own text
    one, other = (same_dates(eval(f"DAG('{name}', {text})", names)) for name, text in [("a", first), ("b", second)])  # noqa: S307 -- the test's own text
    return one is not None and one == other


@pytest.mark.parametrize("schedule", ["'@daily'", "datetime.timedelta(hours=6)"])
def test_dags_of_one_schedule_and_start_share_their_dates(room: Room, schedule: str) -> None:
    assert room(_share_dates, *[f"schedule={schedule}, start_date={UTC}"] * 2)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("'0 6 * * *', start_date={UTC}", "'0 7 * * *', start_date={UTC}"),
        ("'@daily', start_date={UTC}", "'@daily', start_date={BERLIN}"),
        ("'@daily', start_date={UTC}", "'@daily', start_date=pendulum.datetime(2024, 1, 2)"),
        ("'@daily', start_date={UTC}", "'@daily', start_date={UTC}, end_date=pendulum.datetime(2024, 1, 3)"),
        ("Workdays(), start_date={UTC}", "Workdays(), start_date={UTC}"),
        tuple(f"EventsTimetable([pendulum.datetime(2024, 1, {day})]), start_date={{UTC}}" for day in (1, 2)),
    ],
)
def test_others_have_dates_of_their_own(room: Room, first: str, second: str) -> None:
    assert not room(_share_dates, *(f"schedule={one.format(UTC=UTC, BERLIN=BERLIN)}" for one in (first, second)))


@pytest.mark.parametrize("catchup", ["True", "False"])
def test_catchup_does_not_matter(room: Room, catchup: str) -> None:
    dates = logical_dates(room, "'@daily'", "2024-01-01", "2024-01-03", more=f"catchup={catchup}")
    assert len(dates) == 3


def test_the_data_interval_is_the_timetables(room: Room) -> None:
    (run,) = room(_ask, "run_dates", f"schedule='@daily', start_date={UTC}", "2024-02-29", "2024-02-29")
    end = "2024-03-01 00:00 UTC" if INTERVALS_OF_CRON else "2024-02-29 00:00 UTC"
    assert run == ["2024-02-29 00:00 UTC", end, end, "scheduled"]


def test_a_range_that_ends_before_it_starts_is_refused(room: Room) -> None:
    told = room(_ask, "run_dates", f"schedule='@daily', start_date={UTC}", "2024-03-01", "2024-02-29")
    assert told == (
        "UsageError: the range starts at 2024-03-01 00:00 UTC, after its end at 2024-02-29 23:59:59.999999 UTC"
    )


def test_a_timetable_that_stands_still_is_told(room: Room) -> None:
    told = room(_ask, "run_dates", f"schedule=Stuck(), start_date={UTC}", "2024-01-01", "2024-02-29")
    assert told.startswith("ValueError: the timetable of DAG 'orders' gives 2024-01-01 00:00 UTC after 2024-01-01")


def test_a_manual_run_has_the_interval_that_airflow_infers(room: Room) -> None:
    run = room(_ask, "manual_run_date", f"schedule='@daily', start_date={UTC}", "2024-02-29 12:00", None)
    end = "2024-02-29 00:00 UTC" if INTERVALS_OF_CRON else "2024-02-29 12:00 UTC"
    assert run == ["2024-02-29 12:00 UTC", end, "2024-02-29 12:00 UTC", "manual"]


def test_what_a_timetable_of_the_users_cannot_infer_is_raised_as_it_is(room: Room) -> None:
    told = room(_ask, "manual_run_date", f"schedule=Workdays(), start_date={UTC}", "2024-02-29", None)
    assert told == "NotImplementedError: "


def _meant(room: Room, schedule: str, when: str, start_date: str = UTC, more: str = "") -> Any:
    found = room(_ask, "run_date", f"schedule={schedule}, start_date={start_date}, {more}", when, None)
    return found if isinstance(found, str) else [found[0], found[3]]


@pytest.mark.parametrize(
    ("schedule", "when", "meant"),
    [
        ("'@daily'", "2024-02-29", "2024-02-29 00:00 UTC"),
        ("'0 6 * * *'", "2024-02-29 06:00", "2024-02-29 06:00 UTC"),
        ("'0 6 * * *'", "2024-02-29", "2024-02-29 06:00 UTC"),
        ("'@hourly'", "2024-02-29", "2024-02-29 00:00 UTC"),
    ],
)
def test_a_date_means_the_run_at_that_moment_or_the_only_one_of_that_day(
    room: Room, schedule: str, when: str, meant: str
) -> None:
    assert _meant(room, schedule, when) == [meant, "scheduled"]


@pytest.mark.parametrize("schedule", DATELESS)
def test_for_a_schedule_without_dates_it_means_a_manual_run(room: Room, schedule: str) -> None:
    assert _meant(room, schedule, "2024-02-29 12:00") == ["2024-02-29 12:00 UTC", "manual"]


@pytest.mark.parametrize(
    ("schedule", "when", "told"),
    [
        (
            "'0 6 * * 1'",
            "2024-02-29",
            (
                "UsageError: DAG 'orders' ('0 6 * * 1', UTC) has no run for 2024-02-29; the nearest: "
                "2024-02-26 06:00 UTC and 2024-03-04 06:00 UTC; for a run started by hand use "
                "manual_run_date(dag, '2024-02-29')"
            ),
        ),
        (
            "'30 */6 * * *'",
            "2024-02-29",
            (
                "UsageError: DAG 'orders' ('30 */6 * * *', UTC) runs 4 times on 2024-02-29: say which, "
                "for example 2024-02-29 00:30 UTC, 2024-02-29 06:30 UTC, 2024-02-29 12:30 UTC"
            ),
        ),
        (
            "'@daily'",
            "2023-12-31",
            (
                "UsageError: 2023-12-31 is before the start date of DAG 'orders', 2024-01-01 00:00 UTC; for a run "
                "started by hand use manual_run_date(dag, '2023-12-31')"
            ),
        ),
        (
            "'@daily'",
            "2026-01-01",
            (
                "UsageError: 2026-01-01 is after the end date of DAG 'orders', 2025-01-01 00:00 UTC; for a run "
                "started by hand use manual_run_date(dag, '2026-01-01')"
            ),
        ),
    ],
)
def test_a_date_that_is_not_the_schedules_is_refused_with_those_that_are(
    room: Room, schedule: str, when: str, told: str
) -> None:
    assert _meant(room, schedule, when, more="end_date=pendulum.datetime(2025, 1, 1)") == told


def test_nothing_asks_the_metadata_database(cold_room: Room) -> None:
    assert cold_room(_refusals, textwrap.dedent(_HEADER)) == 0


def _refusals(header: str) -> int:
    from dagcheck import dates
    from dagcheck._airflow import metadata_db

    uses: list[int] = []
    metadata_db.install(lambda: uses.append(1))
    names: dict[str, Any] = {}
    exec(header, names)  # noqa: S102 -- the test's own text
    start = names["pendulum"].datetime(2024, 1, 1)
    for schedule in ("@daily", names["datetime"].timedelta(days=1), [names["Asset"]("a")], None):
        dag = names["DAG"]("orders", schedule=schedule, start_date=start)
        dates.run_dates(dag, "2024-01-01", "2024-01-10")
        dates.manual_run_date(dag, "2024-01-01")
    return len(uses)
