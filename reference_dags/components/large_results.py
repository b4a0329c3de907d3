"""A8: results that are too large for the metadata DB, through an XCom backend that keeps them in object storage.

The tasks say nothing of it: they return values and take values, and the backend (`common/xcom_backend.py`) decides by
size where a value lies. Use it when tasks hand over some megabytes and should stay as simple as they are.

Not for gigabytes (write files, hand over their names: a value must fit into the memory of both tasks), and not where
nothing is large: every value costs a look at its size, every large one a round trip to the storage.

What goes wrong easily:

- A name of the object without run id and map index lets mapped instances and other runs overwrite each other.
- A backend with another signature than Airflow's gets neither of them.
- A value that happens to look like a reference is taken for one. Here such a value goes to the storage whatever its
  size, so what looks like a reference in the metadata DB is one.
- Objects nobody deletes: `purge` removes them when Airflow deletes the XCom, a rule of the bucket whatever is left.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE, Order, days_before, local_day, orders_of, revenue

WEEKS = 3


@task
def orders_of_week(weeks_back: int, data_interval_end: datetime | None = None) -> list[Order]:
    """Return all orders of a week, some hundred kilobytes in a larger shop."""
    until = local_day(data_interval_end) - timedelta(weeks=weeks_back)
    return [order for day in days_before(until, 7) for order in orders_of(day)]


@task
def compare(weeks: list[list[Order]]) -> dict[str, Any]:
    """Return each week's number of orders and revenue, the last week first."""
    found = list(weeks)
    return {"orders": [len(week) for week in found], "cents": [revenue(week) for week in found]}


@dag(
    description="Compares the orders of the last weeks, handed over whole",
    schedule=CronDataIntervalTimetable("0 0 * * 1", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "components"],
)
def large_results() -> None:
    """Map over the weeks, then compare."""
    compare(orders_of_week.expand(weeks_back=list(range(WEEKS))))


large_results()
