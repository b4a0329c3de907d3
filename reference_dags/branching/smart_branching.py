"""C4: monthly, weekly or daily processing, exactly one of them, by a fixed precedence, with a join.

Use it when one run does one of several jobs and the larger one includes the smaller: the first of a month that is a
Monday is a month's first, since the monthly job covers the week too. (The DAG `complex_branching` gives Mondays the
precedence, and has a day with two paths: which rule is right is a matter of the jobs.)

Not for jobs that should run on the same day side by side (return several ids), and not for jobs that have nothing in
common (three DAGs with a schedule each).

Without a join whatever comes after the branch would have to name all three; with the default trigger rule the join
would be skipped, since two of its three parents always are.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.trigger import CronTriggerTimetable

from common.compat import BranchPythonOperator, EmptyOperator, PythonOperator, dag
from common.shop import TIMEZONE, day_of_run, days_before, orders_of, revenue

MONDAY = 1
FIRST_OF_THE_MONTH = 1


def path_for(day: date) -> str:
    """Return the id of the task that runs on `day`."""
    if day.day == FIRST_OF_THE_MONTH:
        return "monthly_processing"
    if day.isoweekday() == MONDAY:
        return "weekly_processing"
    return "daily_processing"


def choose(logical_date: datetime | None = None, dag_run: Any = None) -> str:
    """Choose by the local day of the run."""
    return path_for(day_of_run(logical_date, dag_run))


def revenue_before(days: int | None, logical_date: datetime | None = None, dag_run: Any = None) -> int:
    """Return the revenue, in cents, of the days before the run's own; None means the calendar month before."""
    today = day_of_run(logical_date, dag_run)
    count = days if days is not None else (today - (today - timedelta(days=1)).replace(day=1)).days
    return sum(revenue(orders_of(day)) for day in days_before(today, count))


@dag(
    description="Monthly, weekly or daily processing by the date of the run, and a join",
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
def smart_branching() -> None:
    """Branch to three tasks and join them."""
    paths = [
        PythonOperator(task_id=task_id, python_callable=revenue_before, op_kwargs={"days": days})
        for task_id, days in (("monthly_processing", None), ("weekly_processing", 7), ("daily_processing", 1))
    ]
    branch = BranchPythonOperator(task_id="choose_path", python_callable=choose)
    branch >> paths >> EmptyOperator(task_id="join", trigger_rule="none_failed_min_one_success")


smart_branching()
