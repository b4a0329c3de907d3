"""B1: task groups, with dependencies between whole groups.

Use it when a DAG has stages: `ingest >> checks >> publish` says that a stage starts when every task of the one
before is done, whoever adds a task to it later. The group's name becomes part of each task's id (`checks.unique`).

Not for sharing tasks between DAGs (write a function that builds the group), and not for a stage of one task.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import EmptyOperator, TaskGroup, chain, dag, task
from common.shop import TIMEZONE, Order, local_day, orders_of, revenue


@task
def orders(data_interval_start: datetime | None = None) -> list[Order]:
    """Read the day's orders that were not cancelled."""
    return [order for order in orders_of(local_day(data_interval_start)) if order["quantity"]]


@task
def refunds(data_interval_start: datetime | None = None) -> dict[str, int]:
    """Read the day's refunds: cents by order id."""
    found = orders_of(local_day(data_interval_start))
    return {order["order_id"]: order["refund"] for order in found if order["refund"]}


@task
def unique(rows: list[Order]) -> int:
    """Fail if an order id stands twice; return the number of orders."""
    counted = Counter(row["order_id"] for row in rows)
    twice = sorted(order_id for order_id, count in counted.items() if count > 1)
    if twice:
        raise ValueError(f"order ids that stand twice: {', '.join(twice)}")
    return len(counted)


@task
def refunds_belong(rows: list[Order], refunded: dict[str, int]) -> int:
    """Fail if a refund has no order; return the number of refunds."""
    strays = sorted(refunded.keys() - {row["order_id"] for row in rows})
    if strays:
        raise ValueError(f"refunds without an order: {', '.join(strays)}")
    return len(refunded)


@task
def net_revenue(rows: list[Order]) -> int:
    """Return the day's revenue in cents, refunds deducted."""
    return revenue(rows)


@task
def best_sellers(rows: list[Order]) -> list[str]:
    """Return the products by quantity sold, best first, names breaking ties."""
    sold: Counter[str] = Counter()
    for row in rows:
        sold[row["product"]] += row["quantity"]
    return sorted(sold, key=lambda product: (-sold[product], product))


@dag(
    description="A day's sales in three stages, each a task group",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=2),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "groups"],
)
def group_dependencies() -> None:
    """Build the three stages and chain them."""
    start, done = EmptyOperator(task_id="start"), EmptyOperator(task_id="done")

    with TaskGroup("ingest", tooltip="Read everything that the day's figures need") as ingest:
        rows, refunded = orders(), refunds()

    with TaskGroup("checks", tooltip="Refuse a day whose data contradicts itself") as checks:
        unique(rows)
        refunds_belong(rows, refunded)

    with TaskGroup("publish", tooltip="Compute what the report shows") as publish:
        net_revenue(rows)
        best_sellers(rows)

    chain(start, ingest, checks, publish, done)


group_dependencies()
