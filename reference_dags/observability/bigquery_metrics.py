"""A10: a row of metrics in BigQuery for each try of a task, whether it succeeds or fails.

Use it for figures that an analyst shall be able to ask about months later: how many records a task handled, how long
it took, which error ended it. `common/task_metrics_table.py` has the block and the table's columns.

Not for alerts (the row of a task that is killed never arrives) and not for figures per second (see C5).

The hook streams by `insert_all`: `insert_rows`, which other SQL hooks have, raises NotImplementedError here. It reports
what BigQuery refuses only when told `fail_on_error`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE, Order, local_day, orders_of
from common.task_metrics_table import measured


def valid(orders: list[Order]) -> list[Order]:
    """Return the orders; raises ValueError for one that was refunded without having been delivered."""
    for order in orders:
        if order["refund"] and not order["quantity"]:
            raise ValueError(f"order {order['order_id']} was refunded without having been delivered")
    return orders


@task
def validate_orders(data_interval_start: datetime | None = None, **context: Any) -> int:
    """Validate the day's orders; return how many there are."""
    with measured(context) as told:
        orders = orders_of(local_day(data_interval_start))
        told.records = len(orders)
        return len(valid(orders))


@dag(
    description="Validates orders and writes what it took into BigQuery",
    schedule=CronDataIntervalTimetable("25 1 * * *", timezone=TIMEZONE),
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
def bigquery_metrics() -> None:
    """One measured task."""
    validate_orders()


bigquery_metrics()
