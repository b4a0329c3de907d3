"""A4: a branch with several conditions and several targets, and a join that always runs.

Use it when a run takes one of several named paths by its date. The rules stand in one plain function, in order of
precedence, so that a test can ask it about any date:

- Monday: `weekly_full_refresh`, alone. A Monday the 1st is a Monday, since the full refresh covers the month too.
- the 1st of a month: `monthly_aggregate` and `compliance_report`.
- any other day: `daily_incremental`.

Not for choosing how much to do (map over a list instead), and not for a yes or no (that is a short circuit).

The timetable makes the logical date the day of the run on every Airflow version; midnight in Amsterdam is still
the day before in UTC, hence the conversion. The join is `none_failed_min_one_success`: with the default rule the
sides that the branch skips would skip it as well.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.trigger import CronTriggerTimetable

from common.compat import dag, task
from common.shop import TIMEZONE, day_of_run, days_before, orders_of, revenue

MONDAY = 1
SUSPICIOUS_QUANTITY = 3


def month_before(day: date) -> list[date]:
    """Return the days of the calendar month before the one in which `day` lies."""
    last = day.replace(day=1) - timedelta(days=1)
    return [last.replace(day=number) for number in range(1, last.day + 1)]


def paths_for(day: date) -> list[str]:
    """Return the ids of the tasks that run on `day`."""
    if day.isoweekday() == MONDAY:
        return ["weekly_full_refresh"]
    if day.day == 1:
        return ["monthly_aggregate", "compliance_report"]
    return ["daily_incremental"]


@task.branch
def determine_processing_path(logical_date: datetime | None = None, dag_run: Any = None) -> list[str]:
    """Choose the paths by the local day of the run."""
    return paths_for(day_of_run(logical_date, dag_run))


@task
def weekly_full_refresh(logical_date: datetime | None = None, dag_run: Any = None) -> dict[str, int]:
    """Compute the revenue of each of the 31 days before, in cents."""
    days = days_before(day_of_run(logical_date, dag_run), 31)
    return {day.isoformat(): revenue(orders_of(day)) for day in days}


@task
def monthly_aggregate(logical_date: datetime | None = None, dag_run: Any = None) -> dict[str, int]:
    """Add up the revenue of the month before, in cents."""
    days = month_before(day_of_run(logical_date, dag_run))
    return {f"{days[0]:%Y-%m}": sum(revenue(orders_of(day)) for day in days)}


@task
def compliance_report(logical_date: datetime | None = None, dag_run: Any = None) -> dict[str, int]:
    """Count, for each day of the month before, the large orders that were paid back."""
    return {day.isoformat(): _suspicious(day) for day in month_before(day_of_run(logical_date, dag_run))}


def _suspicious(day: date) -> int:
    return sum(1 for order in orders_of(day) if order["refund"] and order["quantity"] >= SUSPICIOUS_QUANTITY)


@task
def daily_incremental(logical_date: datetime | None = None, dag_run: Any = None) -> dict[str, int]:
    """Compute the revenue of the day before, in cents."""
    (yesterday,) = days_before(day_of_run(logical_date, dag_run), 1)
    return {yesterday.isoformat(): revenue(orders_of(yesterday))}


@task(trigger_rule="none_failed_min_one_success")
def finalize(reports: dict[str, dict[str, int] | None]) -> dict[str, int]:
    """Return the number of figures from each path that ran."""
    return {path: len(report) for path, report in reports.items() if report is not None}


@dag(
    description="One of three processing paths by the date of the run, and a join",
    schedule=CronTriggerTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "finance-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "branching"],
)
def complex_branching() -> None:
    """Branch to four tasks and join them."""
    reports = {
        "weekly_full_refresh": weekly_full_refresh(),
        "monthly_aggregate": monthly_aggregate(),
        "compliance_report": compliance_report(),
        "daily_incremental": daily_incremental(),
    }
    determine_processing_path() >> list(reports.values())
    finalize(reports)


complex_branching()
