"""Branching by date, by volume and by time of day: which paths a run takes, over all dates and all data."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dagcheck import Fails, Returns, simulate
from dagcheck.assertions import assert_dependencies, assert_schedule, assert_task
from dagcheck.dates import run_dates
from dagcheck.strategies import scheduled_dates

if TYPE_CHECKING:
    from dagcheck.rundate import RunDate
    from dagcheck.running.result import Run

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(when: RunDate) -> datetime.datetime:
    assert when.logical_date is not None
    return when.logical_date.astimezone(AMSTERDAM)


def succeeded(run: Run, *others: str) -> set[str]:
    return {task_id for task_id, state in run.states.items() if state == "success"} - set(others)


@pytest.mark.pattern("A4")
def test_the_branch_has_four_targets_and_a_join() -> None:
    assert_dependencies(
        "complex_branching",
        """
        determine_processing_path >> [weekly_full_refresh, monthly_aggregate, compliance_report, daily_incremental]
        [weekly_full_refresh, monthly_aggregate, compliance_report, daily_incremental] >> finalize
        """,
    )


@pytest.mark.pattern("A4")
@settings(max_examples=100, deadline=None)
@given(when=scheduled_dates("complex_branching", "2024-01-01", "2035-12-31"))
def test_each_date_takes_exactly_its_paths_and_the_join_always_runs(when: RunDate) -> None:
    run = simulate("complex_branching", when)
    if local(when).weekday() == 0:
        paths = {"weekly_full_refresh"}
    elif local(when).day == 1:
        paths = {"monthly_aggregate", "compliance_report"}
    else:
        paths = {"daily_incremental"}
    assert succeeded(run, "determine_processing_path") == {*paths, "finalize"}
    assert run.run_state == "success"


@pytest.mark.pattern("A4")
@pytest.mark.parametrize(
    ("day", "report"),
    [
        ("2024-07-01", {"weekly_full_refresh": 31}),  # a Monday and a first
        ("2024-03-01", {"monthly_aggregate": 1, "compliance_report": 29}),  # after a February of 29 days
        ("2024-03-31", {"daily_incremental": 1}),  # the day that summer time begins
    ],
)
def test_each_path_reports_its_own_figures(
    same_with_airflow: Callable[..., Run], day: str, report: dict[str, int]
) -> None:
    assert same_with_airflow("complex_branching", day).xcom("finalize") == report


@pytest.mark.pattern("A4")
def test_a_path_that_fails_stops_the_join(run_dag: Callable[..., Run]) -> None:
    run = run_dag("complex_branching", "2024-03-01", outcomes={"compliance_report": Fails()})
    assert (run.state("monthly_aggregate"), run.state("finalize"), run.state) == (
        "success",
        "upstream_failed",
        "failed",
    )


@pytest.mark.pattern("C4")
@settings(max_examples=100, deadline=None)
@given(when=scheduled_dates("smart_branching", "2024-01-01", "2035-12-31"))
def test_exactly_one_of_three_runs_and_the_larger_job_goes_first(when: RunDate) -> None:
    day = local(when)
    expected = "monthly" if day.day == 1 else "weekly" if day.weekday() == 0 else "daily"
    assert succeeded(simulate("smart_branching", when)) == {"choose_path", f"{expected}_processing", "join"}


@pytest.mark.pattern("C4")
@pytest.mark.parametrize(
    ("day", "path", "days"),
    [
        ("2024-07-01", "monthly_processing", [datetime.date(2024, 6, number) for number in range(1, 31)]),
        ("2024-07-08", "weekly_processing", [datetime.date(2024, 7, number) for number in range(1, 8)]),
        ("2024-07-09", "daily_processing", [datetime.date(2024, 7, 8)]),
    ],
)
def test_each_job_covers_its_days(
    same_with_airflow: Callable[..., Run],
    module_of: Callable[[str], Any],
    day: str,
    path: str,
    days: list[datetime.date],
) -> None:
    module = module_of("smart_branching")
    run = same_with_airflow("smart_branching", day)
    assert run.xcom(path) == sum(module.revenue(module.orders_of(one)) for one in days)


@pytest.mark.pattern("C4")
def test_without_its_trigger_rule_the_join_would_be_skipped() -> None:
    assert_task("smart_branching", "join", trigger_rule="none_failed_min_one_success")
    run = simulate("smart_branching", "2024-07-09", outcomes={"daily_processing": Fails()})
    assert run.state("join") == "upstream_failed"


@pytest.mark.pattern("D7")
@settings(max_examples=100, deadline=None)
@given(
    records=st.integers(0, 20_000_000) | st.sampled_from([999_999, 10**6, 10**6 + 1, 10**7, 10**7 + 1]),
    megabytes=st.floats(0, 2_000) | st.sampled_from([99.9, 100, 100.1, 1_000, 1_000.1]),
)
@example(records=10_000_000, megabytes=1_000)
@example(records=10_000_001, megabytes=0)
@example(records=0, megabytes=1_000.001)
@example(records=1_000_000, megabytes=100)
def test_the_volume_decides_and_the_join_runs(records: int, megabytes: float) -> None:
    volume = {"records": records, "megabytes": megabytes}
    run = simulate("volume_branching", "2024-03-05", outcomes={"check_data_volume": Returns(volume)})
    limits = [("large", 10_000_000, 1_000), ("medium", 1_000_000, 100)]
    size = next((name for name, most, size in limits if records > most or megabytes > size), "small")
    assert succeeded(run) == {"check_data_volume", "choose_processing_path", f"{size}_processing", "report"}


@pytest.mark.pattern("D7")
def test_the_days_of_a_shop_are_small(same_with_airflow: Callable[..., Run]) -> None:
    run = same_with_airflow("volume_branching", "2024-03-05")
    assert run.xcom("check_data_volume")["records"] >= 15
    assert run.xcom("report")["path"] == "small_processing"
    assert run.xcom("report")["cents"] == run.xcom("small_processing") > 0


@pytest.mark.pattern("D7")
def test_each_size_has_its_pool_and_its_priority() -> None:
    assert_task("volume_branching", "large_processing", pool="large_processing", priority_weight=10)
    assert_task("volume_branching", "medium_processing", pool="standard_processing", priority_weight=5)
    assert_task("volume_branching", "small_processing", pool="standard_processing", priority_weight=1)


@pytest.mark.pattern("D7")
@pytest.mark.parametrize("volume", [None, {}, {"records": 5}])
def test_a_volume_that_says_nothing_fails_the_branch_and_takes_no_path(
    run_dag: Callable[..., Run], volume: dict[str, int] | None
) -> None:
    run = run_dag("volume_branching", "2024-03-05", outcomes={"check_data_volume": Returns(volume)})
    assert run.state("choose_processing_path") == "failed"
    assert run.state("small_processing") == run.state("large_processing") == "upstream_failed"


@pytest.mark.pattern("D8")
@settings(max_examples=150, deadline=None)
@given(when=scheduled_dates("time_branching", "2024-01-01", "2030-12-31"))
def test_the_local_hour_decides(when: RunDate) -> None:
    here = local(when)
    name = "weekend" if here.weekday() >= 5 else "business_hours" if 9 <= here.hour < 18 else "off_hours"
    run = simulate("time_branching", when)
    assert succeeded(run) == {"choose_schedule_branch", f"{name}_processing", "join"}


@pytest.mark.pattern("D8")
@pytest.mark.parametrize(
    ("when", "path"),
    [
        ("2024-07-05 08:00+02:00", "off_hours"),
        ("2024-07-05 09:00+02:00", "business_hours"),  # 07:00 UTC
        ("2024-07-05 17:00+02:00", "business_hours"),
        ("2024-07-05 18:00+02:00", "off_hours"),
        ("2024-07-06 00:00+02:00", "weekend"),  # still Friday in UTC
        ("2024-07-07 23:00+02:00", "weekend"),
        ("2024-07-08 00:00+02:00", "off_hours"),  # still Sunday in UTC
        ("2024-03-31 03:00+02:00", "weekend"),  # the hour before does not exist
        ("2024-01-05 09:00+01:00", "business_hours"),  # 08:00 UTC: winter
    ],
)
def test_hours_are_those_of_amsterdam_in_summer_and_winter(when: str, path: str) -> None:
    assert simulate("time_branching", when).state(f"{path}_processing") == "success"


@pytest.mark.pattern("D8")
@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-10-28", 24)])
def test_a_day_has_as_many_runs_as_hours(dagbag: Any, day: str, hours: int) -> None:
    assert len(run_dates(dagbag["time_branching"], day, day)) == hours


@pytest.mark.pattern("D8")
def test_every_branch_comes_within_a_week_of_its_schedule(dagbag: Any) -> None:
    week = run_dates(dagbag["time_branching"], "2024-03-25", "2024-03-31")
    taken = {choice for when in week for choice in simulate("time_branching", when).choices["choose_schedule_branch"]}
    assert taken == {"weekend_processing", "business_hours_processing", "off_hours_processing"}
    assert_schedule("time_branching", "0 * * * *", timezone="Europe/Amsterdam")


@pytest.mark.pattern("D8")
def test_runs_once_a_day_would_never_see_business_hours(dagbag: Any) -> None:
    nights = [when for when in run_dates(dagbag["time_branching"], "2024-03-01", "2024-04-30") if local(when).hour == 0]
    taken = {choice for when in nights for choice in simulate("time_branching", when).choices["choose_schedule_branch"]}
    assert len(nights) == 61
    assert taken == {"weekend_processing", "off_hours_processing"}


@pytest.mark.pattern("D8")
def test_batches_suit_the_hour(same_with_airflow: Callable[..., Run]) -> None:
    run = same_with_airflow("time_branching", "2024-03-05 10:00+01:00")
    assert run.xcom("business_hours_processing") == 100
    assert run.state("weekend_processing") == run.state("off_hours_processing") == "skipped"
