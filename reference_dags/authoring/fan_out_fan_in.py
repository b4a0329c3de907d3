"""B3: fan out to independent tasks, and fan in to one that needs them all.

Use it when the pieces are few, known, and each is a kind of work of its own: they run side by side, and the graph shows
them.

Not for many pieces of one kind, or a number that only the run knows (map over a list).

The join keeps the default trigger rule: with one piece missing there is no report, rather than one that looks whole.
The pieces that did succeed are kept, so that after the repair only the failed one and the join run again.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE, Order, local_day, orders_of, revenue


@task
def start(data_interval_start: datetime | None = None) -> list[Order]:
    """Read the day's orders once for everybody."""
    return orders_of(local_day(data_interval_start))


@task
def by_region(orders: list[Order]) -> dict[str, int]:
    """Return the revenue by region, in cents."""
    regions = sorted({order["region"] for order in orders})
    return {region: revenue(order for order in orders if order["region"] == region) for region in regions}


@task
def by_product(orders: list[Order]) -> dict[str, int]:
    """Return the quantity by product."""
    sold: Counter[str] = Counter()
    for order in orders:
        sold[order["product"]] += order["quantity"]
    return dict(sorted(sold.items()))


@task
def refund_rate(orders: list[Order]) -> float:
    """Return which part of the orders was paid back."""
    return sum(1 for order in orders if order["refund"]) / len(orders)


@task
def consolidate(regions: dict[str, int], products: dict[str, int], refunded: float) -> dict[str, Any]:
    """Put the pieces into one report."""
    return {"cents": sum(regions.values()), "best": max(products, key=lambda p: products[p]), "refunded": refunded}


@dag(
    description="Three analyses of a day's orders side by side, and a report of all of them",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "authoring"],
)
def fan_out_fan_in() -> None:
    """Fan out and in."""
    orders = start()
    consolidate(by_region(orders), by_product(orders), refund_rate(orders))


fan_out_fan_in()
