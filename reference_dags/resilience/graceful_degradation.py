"""A6: when the primary source fails, the secondary one; what follows runs once, with whichever there is.

Use it when an answer from yesterday's copy is better than none. `secondary` has the rule `all_failed`: it starts when
`primary` has failed for good, its retries used up, and is skipped when `primary` succeeded. `process` has the rule
`one_success`, stands in the graph once and takes its rows from the source that ran.

Not when nobody looks at the `source` that the result names: a fallback that works silently for months is an outage
that nobody mends. Not when the sources differ in meaning, either.

With the usual rule `all_success` between the sources the fallback would run only when it is not needed. When both
fail, `process` cannot start and the run fails.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE, Order, local_day, orders_of, revenue


class Rows(TypedDict):
    """A day's orders and where they came from."""

    source: str
    orders: list[Order]


class Summary(TypedDict):
    """What the day brought in, in cents, by which source."""

    source: str
    orders: int
    cents: int


@task(retries=2, retry_delay=timedelta(minutes=2))
def primary(data_interval_start: datetime | None = None) -> Rows:
    """Read the day from the order system."""
    return {"source": "primary", "orders": orders_of(local_day(data_interval_start))}


@task(trigger_rule="all_failed")
def secondary(data_interval_start: datetime | None = None) -> Rows:
    """Read the day from the nightly copy, which has no cancelled orders."""
    orders = orders_of(local_day(data_interval_start))
    return {"source": "secondary", "orders": [order for order in orders if order["quantity"]]}


@task(trigger_rule="one_success")
def process(first: Rows | None, second: Rows | None) -> Summary:
    """Add up the rows of the source that answered."""
    rows = first or second
    if rows is None:
        raise ValueError("neither source left any rows")
    return {"source": rows["source"], "orders": len(rows["orders"]), "cents": revenue(rows["orders"])}


@dag(
    description="The day's revenue from the order system, else from its nightly copy",
    schedule=CronDataIntervalTimetable("0 1 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "resilience"],
)
def graceful_degradation() -> None:
    """Wire both sources to one consumer."""
    first, second = primary(), secondary()
    first >> second
    process(first, second)


graceful_degradation()
