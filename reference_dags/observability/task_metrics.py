"""C5, E16: durations and counts of all tasks, in StatsD form, by a listener that Airflow calls.

Use it for what shall be known of every task without a line in any DAG: the plugin in `common/plugins/task_metrics.py`
sees this DAG's tasks as it sees all others. A StatsD exporter hands the figures to Prometheus, Grafana shows them.

Not for figures of the data itself (see `bigquery_metrics.py`, `health_checks.py`), and not for work that may fail or
take long: a listener runs inside of every task.

    AIRFLOW__CORE__PLUGINS_FOLDER=reference_dags/common/plugins
    AIRFLOW__METRICS__STATSD_ON=True  AIRFLOW__METRICS__STATSD_HOST=...  AIRFLOW__METRICS__STATSD_PORT=...
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE, Order, local_day, orders_of, revenue


@task
def read_orders(data_interval_start: datetime | None = None) -> list[Order]:
    """Read the day's orders."""
    return orders_of(local_day(data_interval_start))


@task
def mean_order(orders: list[Order]) -> int:
    """Return what an order brings in on average, in cents."""
    return revenue(orders) // len(orders)


@dag(
    description="Two tasks, measured as all tasks are by the plugin task_metrics",
    schedule=CronDataIntervalTimetable("10 1 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "observability"],
)
def task_metrics() -> None:
    """Read, then compute."""
    mean_order(read_orders())


task_metrics()
