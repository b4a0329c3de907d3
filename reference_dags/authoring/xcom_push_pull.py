"""E11: XComs by hand: push under a key, pull by task and key, and what comes when there is nothing.

Use it where one task hands on several small values that different tasks need, and wherever operators that are not
TaskFlow exchange a value.

Not for data (write it to storage and push its path): an XCom is a row in Airflow's own database. Not between tasks of
which neither needs the other, and not where the return value of a TaskFlow function does the same.

A key that nobody pushed is no error: `xcom_pull` returns None. Its `default` is nothing to rely on: versions of
Airflow 3 forget it where there are no `map_indexes`. The task that cannot do without a value has to say so itself. And
whoever pulls must come after the one who pushes: with `xcom_pull` that is written by hand, where TaskFlow knows it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import BashOperator, PythonOperator, dag
from common.shop import TIMEZONE, local_day, orders_of, revenue


def push(ti: Any, data_interval_start: datetime) -> int:
    """Push the day's orders under two keys; return their number, which is pushed as `return_value`."""
    orders = orders_of(local_day(data_interval_start))
    ti.xcom_push(key="revenue", value=revenue(orders))
    ti.xcom_push(key="regions", value=sorted({order["region"] for order in orders}))
    return len(orders)


def pull(ti: Any) -> dict[str, Any]:
    """Return what was pushed; raises ValueError if there is no revenue."""
    cents = ti.xcom_pull(task_ids="push", key="revenue")
    if cents is None:
        raise ValueError("push has left no revenue")
    return {
        "orders": ti.xcom_pull(task_ids="push"),
        "revenue": cents,
        "regions": ti.xcom_pull(task_ids="push", key="regions"),
        "missing": ti.xcom_pull(task_ids="push", key="no_such_key"),
        "default": ti.xcom_pull(task_ids="push", key="no_such_key") or "none was pushed",
    }


@dag(
    description="Values under keys, from one task to the next",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=5),
    },
    doc_md=__doc__,
    tags=["reference", "authoring"],
)
def xcom_push_pull() -> None:
    """Push, then pull in a function and in a template."""
    pushed = PythonOperator(task_id="push", python_callable=push)
    pulled = PythonOperator(task_id="pull", python_callable=pull)
    template = BashOperator(
        task_id="pull_in_a_template", bash_command="echo {{ ti.xcom_pull(task_ids='push', key='revenue') }} cents"
    )
    pushed >> [pulled, template]


xcom_push_pull()
