"""C9: what a task may use, and what a DAG may: pool, slots, timeouts, retries, runs and tasks at once.

Use it for every DAG that computes or waits for long. What a single task may use stands on the task, or for all of them
in `default_args`; how many runs and tasks may go on at once, and how long a run may take, stands on the DAG.

Not the other way round: a DAG argument such as `max_active_runs` inside `default_args` is handed to the tasks, and no
task knows it. It has no effect, and nobody is told.

A task that exceeds its `execution_timeout` fails as a timeout and is retried, so the retries count: three tries of an
hour each fit into the run's `dagrun_timeout` here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import PRODUCTS, TIMEZONE, days_before, local_day, orders_of


@task(
    pool="high_cpu",
    pool_slots=2,
    execution_timeout=timedelta(hours=1),
    retries=2,
    retry_exponential_backoff=True,
    max_retry_delay=timedelta(minutes=30),
    max_active_tis_per_dag=1,
)
def forecast(data_interval_end: datetime | None = None) -> dict[str, float]:
    """Return the quantity of each product to expect: the mean of the last 90 days."""
    days = days_before(local_day(data_interval_end), 90)
    sold = dict.fromkeys(PRODUCTS, 0)
    for day in days:
        for order in orders_of(day):
            sold[order["product"]] += order["quantity"]
    return {product: quantity / len(days) for product, quantity in sold.items()}


@task
def scarce(expected: dict[str, float]) -> list[str]:
    """Return the products to buy first, most wanted first."""
    return sorted(expected, key=lambda product: (-expected[product], product))[:2]


@dag(
    description="What will be sold tomorrow, computed within limits",
    schedule=CronDataIntervalTimetable("0 5 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=4,
    dagrun_timeout=timedelta(hours=4),
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "resources"],
)
def task_limits() -> None:
    """Compute, then choose."""
    scarce(forecast())


task_limits()
