"""B4: the two plain shapes of a pipeline: a line, and a line that parts and comes together again.

Use the line when each step needs the one before. Part it where two steps need the same input and not each other: they
run at the same time, and each is retried alone.

Not for choosing one of two ways (that is a branch: here both run), and not for a step that is only a line of code of
its neighbour.

The validation stands before the load, so that a bad day leaves yesterday's rows as they were; the load replaces its
own day, so that a second run changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import PRODUCTS, TIMEZONE, Order, local_day, orders_of
from common.store import STORE, warehouse

Amounts = dict[str, int]
"""Cents by order id."""
SETTINGS: dict[str, Any] = {
    "schedule": CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    "start_date": pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    "catchup": False,
    "default_args": {
        "owner": "finance-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    "doc_md": __doc__,
    "tags": ["reference", "authoring"],
}


@task
def extract(data_interval_start: datetime | None = None) -> list[Order]:
    """Read the day's orders."""
    return orders_of(local_day(data_interval_start))


@task
def sales(orders: list[Order]) -> Amounts:
    """Return what each order brought in."""
    return {o["order_id"]: PRODUCTS[o["product"]] * o["quantity"] for o in orders if o["quantity"]}


@task
def refunds(orders: list[Order]) -> Amounts:
    """Return what was paid back."""
    return {order["order_id"]: -order["refund"] for order in orders if order["refund"]}


@task
def validate(amounts: Amounts) -> Amounts:
    """Return the amounts as they are; raises ValueError if one is not positive."""
    if wrong := sorted(order_id for order_id, cents in amounts.items() if cents <= 0):
        raise ValueError(f"sales that are not positive: {', '.join(wrong)}")
    return amounts


@task
def merge(sold: Amounts, paid_back: Amounts) -> Amounts:
    """Return the net amount of each order; raises ValueError for a refund without a sale."""
    if strays := sorted(paid_back.keys() - sold.keys()):
        raise ValueError(f"refunds without a sale: {', '.join(strays)}")
    return {order_id: cents + paid_back.get(order_id, 0) for order_id, cents in sold.items()}


@task
def load(amounts: Amounts, store: str, dag: Any = None, data_interval_start: datetime | None = None) -> int:
    """Replace what this pipeline wrote for the day; return the number of rows."""
    day = local_day(data_interval_start).isoformat()
    with warehouse(store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS amounts (pipeline TEXT, day TEXT, order_id TEXT, cents INTEGER)")
        connection.execute("DELETE FROM amounts WHERE pipeline = ? AND day = ?", (dag.dag_id, day))
        rows = [(dag.dag_id, day, order_id, cents) for order_id, cents in amounts.items()]
        connection.executemany("INSERT INTO amounts VALUES (?, ?, ?, ?)", rows)
    return len(rows)


@dag(description="A day's sales in a line of four steps", **SETTINGS)
def linear_pipeline() -> None:
    """Wire extract >> transform >> validate >> load."""
    sold = sales.override(task_id="transform")(extract())
    load(validate(sold), STORE)


@dag(description="A day's sales and refunds side by side, and the two merged", **SETTINGS)
def rejoining_pipeline() -> None:
    """Wire extract >> [sales, refunds] >> merge >> load."""
    orders = extract()
    load(merge(sales(orders), refunds(orders)), STORE)


linear_pipeline()
rejoining_pipeline()
