"""D8: other processing at weekends, in business hours and in off hours, in the shop's own time.

Use it when one job runs around the clock and has to be gentler, or may be bolder, at some hours.

Not for work that belongs to one of these times alone: give it a DAG with that schedule.

Two things are easy to get wrong. Dates are UTC: the hour and the weekday are those of Amsterdam only after a
conversion, which also knows the days with 23 and 25 hours. And the schedule decides which branches there are: with
`@daily` every run is at midnight, so business hours would never come. Hence an hourly timetable.

Saturday and Sunday are the weekend, whatever the hour; business hours are from 9:00 until before 18:00.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.trigger import CronTriggerTimetable

from common.compat import EmptyOperator, dag, task
from common.shop import TIMEZONE

SATURDAY = 6
BUSINESS_HOURS = range(9, 18)
BATCH_SIZES = {"weekend_processing": 10_000, "business_hours_processing": 100, "off_hours_processing": 2_000}


def path_at(moment: datetime) -> str:
    """Return the id of the task that runs at a moment, whatever zone it is given in."""
    local = pendulum.instance(moment).in_timezone(TIMEZONE)
    if local.isoweekday() >= SATURDAY:
        return "weekend_processing"
    return "business_hours_processing" if local.hour in BUSINESS_HOURS else "off_hours_processing"


@task.branch
def choose_schedule_branch(logical_date: datetime | None = None, dag_run: Any = None) -> str:
    """Choose by the local time of the run; one without a logical date (Airflow 3) counts from when it may start."""
    return path_at(logical_date or dag_run.run_after)


@task
def process(batch_size: int) -> int:
    """Return the size of the batches in which the queue is worked off."""
    return batch_size


@dag(
    description="Works off a queue around the clock, in batches that suit the hour",
    schedule=CronTriggerTimetable("0 * * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "branching"],
)
def time_branching() -> None:
    """Branch to three tasks and join them."""
    paths = [process.override(task_id=task_id)(size) for task_id, size in BATCH_SIZES.items()]
    choose_schedule_branch() >> paths >> EmptyOperator(task_id="join", trigger_rule="none_failed_min_one_success")


time_branching()
