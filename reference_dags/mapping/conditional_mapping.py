"""A2: map over everything on the first of the month, and over what changes daily on every other day.

Use it when the kind of work is the same on every day and only its extent differs: the condition stands in the task
that makes the list, and no branch is needed.

Not for different work on different days (branch), and not for a list that never changes (write the tasks out).

The condition asks for the shop's own day: midnight in Amsterdam is the day before in UTC, so the day of a date in UTC
would make the full refresh a day late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.trigger import CronTriggerTimetable

from common.compat import dag, task
from common.shop import PRODUCTS, TIMEZONE, day_of_run

MARKETS: Mapping[str, int] = {"ap-south": 18, "eu-west": 21, "us-east": 0, "us-west": 0}
"""Every market and its tax, in percent."""
DAILY = ("eu-west", "us-east")
"""The markets whose prices may change on any day."""


def markets_for(day: date) -> list[str]:
    """Return the markets whose price lists are published on `day`."""
    return sorted(MARKETS) if day.day == 1 else list(DAILY)


@task
def choose_markets(logical_date: datetime | None = None, dag_run: Any = None) -> list[str]:
    """Choose the markets by the local day of the run."""
    return markets_for(day_of_run(logical_date, dag_run))


@task
def publish_prices(market: str) -> dict[str, int]:
    """Return one market's price list: cents by product, tax included, rounded half up."""
    return {product: (cents * (100 + MARKETS[market]) + 50) // 100 for product, cents in PRODUCTS.items()}


@task
def confirm(markets: list[str], prices: Iterable[dict[str, int]]) -> dict[str, int]:
    """Return how many prices each market got; raises ValueError for a list without any."""
    published = {market: len(listed) for market, listed in zip(markets, prices, strict=True)}
    if empty := sorted(market for market, count in published.items() if not count):
        raise ValueError(f"markets without prices: {', '.join(empty)}")
    return published


@dag(
    description="Price lists by market: all on the first of the month, else those that change daily",
    schedule=CronTriggerTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "mapping"],
)
def conditional_mapping() -> None:
    """Choose, map, confirm."""
    markets = choose_markets()
    confirm(markets, publish_prices.expand(market=markets))


conditional_mapping()
