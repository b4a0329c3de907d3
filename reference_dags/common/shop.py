"""The shop that the reference DAGs work for: stands in for an order system.

Orders are computed from their day, so every run for a date sees the same ones, on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

import pendulum

TIMEZONE = "Europe/Amsterdam"
REGIONS = ("eu-west", "us-east", "us-west")
PRODUCTS: Mapping[str, int] = {"chair": 4_900, "desk": 24_900, "lamp": 1_950, "shelf": 7_500}
"""Price by product, in cents."""


LOCAL_DAY = f"{{{{ data_interval_start.in_timezone('{TIMEZONE}').to_date_string() }}}}"
"""A template for a task argument: the shop's day that the run is for, as 2024-01-31."""


class Order(TypedDict):
    """One row of the order system; a quantity of zero is a cancelled order, `refund` is in cents."""

    order_id: str
    region: str
    product: str
    quantity: int
    refund: int


def orders_of(day: date) -> list[Order]:
    """Return the orders of one local day, oldest first, between 15 and 45."""
    dice = random.Random(day.toordinal())  # noqa: S311 - reproducible data, no secret
    return [_order(f"{day:%Y%m%d}-{number:03}", dice) for number in range(1, dice.randint(16, 46))]


def _order(order_id: str, dice: random.Random) -> Order:
    product = dice.choice(list(PRODUCTS))
    quantity = dice.choice((0, 1, 1, 1, 2, 2, 3))
    refund = PRODUCTS[product] * quantity if dice.random() < 0.05 else 0  # noqa: PLR2004 - one in twenty
    return {
        "order_id": order_id,
        "region": dice.choice(REGIONS),
        "product": product,
        "quantity": quantity,
        "refund": refund,
    }


def revenue(orders: Iterable[Order]) -> int:
    """Return what the orders brought in, in cents, refunds deducted."""
    return sum(PRODUCTS[order["product"]] * order["quantity"] - order["refund"] for order in orders)


def local_day(moment: datetime | None) -> date:
    """Return the shop's day in which the moment lies; raises ValueError for a run that has no such moment."""
    if moment is None:
        raise ValueError("this task needs the run's date: trigger the DAG with a logical date")
    return pendulum.instance(moment).in_timezone(TIMEZONE).date()


def day_of_run(logical_date: datetime | None, dag_run: Any) -> date:
    """Return the shop's day of a run; one without a logical date (Airflow 3) counts from when it may start."""
    return local_day(logical_date or dag_run.run_after)


def days_before(day: date, count: int) -> list[date]:
    """Return the `count` days before `day`, oldest first."""
    return [day - timedelta(days=back) for back in range(count, 0, -1)]
