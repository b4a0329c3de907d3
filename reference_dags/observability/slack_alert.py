"""A11: a message to Slack when a task has failed for good.

Use it where people watch a channel: the message names the DAG, the task, the date, the error and the log. It comes once
per failed task, after its retries; `on_retry_callback` would be the place for more.

Not as the only alert for what must not be missed: a worker that dies cannot call anybody (see `deadline_alert.py`).

The callback is a notifier that uses the hook. Making a SlackWebhookOperator inside of a callback and executing it is
refused by Airflow since 2.10, and its argument `http_conn_id` is long gone; `slack_webhook_conn_id` is its name.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.notifiers.slack import SlackFailureAlert
from common.shop import REGIONS, TIMEZONE, local_day, orders_of


@task
def count_orders(region: str, data_interval_start: datetime | None = None) -> int:
    """Count a region's orders; raises ValueError if there are none, which no day has had yet."""
    count = sum(1 for order in orders_of(local_day(data_interval_start)) if order["region"] == region)
    if not count:
        raise ValueError(f"no orders from {region}")
    return count


@dag(
    description="Counts orders by region and tells Slack about what fails",
    schedule=CronDataIntervalTimetable("35 1 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
        "on_failure_callback": SlackFailureAlert(),
    },
    doc_md=__doc__,
    tags=["reference", "observability"],
)
def slack_alert() -> None:
    """One task per region."""
    count_orders.expand(region=list(REGIONS))


slack_alert()
