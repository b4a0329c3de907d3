"""C6: one alert by several channels, as a task of its own.

Use it when telling people is part of the work: a task has retries, a log and a place in the graph, which a callback has
not. Here it runs when anything before it failed (`one_failed`), by mail and by Slack, and one channel that is down does
not stop the other.

Not for every failure of every DAG (that is a callback, A11).

Which channels there are is checked while the file is parsed: a misspelt one would otherwise be found out in the night
in which it is needed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.operators.alert import AlertOperator
from common.shop import TIMEZONE, local_day, orders_of, revenue


@task
def check_revenue(data_interval_start: datetime | None = None) -> int:
    """Return the day's revenue in cents; raises ValueError if it is not positive."""
    cents = revenue(orders_of(local_day(data_interval_start)))
    if cents <= 0:
        raise ValueError(f"the day brought in {cents} cents")
    return cents


@dag(
    description="Checks the day's revenue and alerts by mail and Slack",
    schedule=CronDataIntervalTimetable("45 1 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "finance-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "observability"],
)
def alert_channels() -> None:
    """Check, and alert if that failed."""
    alert = AlertOperator(
        task_id="alert",
        trigger_rule="one_failed",
        channels=["email", "slack"],
        to=["finance@shop.example.com"],
        subject="{{ dag.dag_id }} failed on {{ data_interval_start.in_timezone('Europe/Amsterdam').date() }}",
        message="The revenue of the day is not plausible. Run: {{ run_id }}",
    )
    check_revenue() >> alert


alert_channels()
