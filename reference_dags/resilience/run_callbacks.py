"""D13: a callback for each task that fails, and one for the run that succeeds.

Use `default_args` for what every task shall do when it fails, and the DAG's own argument for what shall happen once
per run. The same success callback in `default_args` would fire after every single task.

Not for steps of the pipeline. A callback has no retries and no state, and what it raises is only logged: what must
happen is a task.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.notifiers.slack import SlackFailureAlert, tell_run_done
from common.shop import REGIONS, TIMEZONE, Order, local_day, orders_of


@task
def orders(data_interval_start: datetime | None = None) -> list[Order]:
    """Read the day's orders."""
    return orders_of(local_day(data_interval_start))


@task
def by_region(rows: list[Order]) -> dict[str, int]:
    """Count the orders by region."""
    counted = Counter(dict.fromkeys(REGIONS, 0))
    counted.update(row["region"] for row in rows)
    return dict(counted)


@task
def busiest(counted: dict[str, int]) -> str:
    """Return the region with most orders, names breaking ties."""
    return max(sorted(counted), key=lambda region: counted[region])


@dag(
    description="The busiest region; tells of failed tasks and of runs that are done",
    schedule=CronDataIntervalTimetable("15 1 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    on_success_callback=tell_run_done,
    default_args={
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
        "on_failure_callback": SlackFailureAlert(),
    },
    doc_md=__doc__,
    tags=["reference", "resilience"],
)
def run_callbacks() -> None:
    """Three tasks in a row."""
    busiest(by_region(orders()))


run_callbacks()
