"""E1: extract, transform, load, with default arguments, description and tags.

Use it for a batch that belongs to one period and fits in memory. Every task works on the run's data interval,
never on the clock, and the load replaces that period's rows: a retry, a cleared task and a backfill all leave the
same rows behind.

Not for rows by the million: they would travel through XCom. Write them to storage and pass on the path instead.

The timetable is spelled out because a plain cron string means the interval that has ended on Airflow 2, but an
empty interval at the moment of the run on Airflow 3.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import PRODUCTS, TIMEZONE, Order, local_day, orders_of
from common.store import STORE, warehouse


@task
def extract(data_interval_start: datetime | None = None) -> list[Order]:
    """Read the orders of the run's day, which is a day of the shop's own timezone."""
    return orders_of(local_day(data_interval_start))


@task
def transform(orders: list[Order]) -> dict[str, int]:
    """Drop cancelled and refunded orders; return the cents sold by product."""
    sold: Counter[str] = Counter()
    for order in orders:
        if order["quantity"] and not order["refund"]:
            sold[order["product"]] += order["quantity"] * PRODUCTS[order["product"]]
    return dict(sorted(sold.items()))


@task
def load(sold: dict[str, int], store: str, data_interval_start: datetime | None = None) -> int:
    """Replace the day's rows in the warehouse; return how many there are now."""
    day = local_day(data_interval_start).isoformat()
    with warehouse(store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS daily_sales (day TEXT, product TEXT, cents INTEGER)")
        connection.execute("DELETE FROM daily_sales WHERE day = ?", (day,))
        rows = [(day, product, cents) for product, cents in sold.items()]
        connection.executemany("INSERT INTO daily_sales VALUES (?, ?, ?)", rows)
    return len(rows)


@dag(
    description="Each day's sales by product, from the order system to the warehouse",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "authoring"],
)
def etl_basics() -> None:
    """Wire the three steps."""
    load(transform(extract()), store=STORE)


etl_basics()
