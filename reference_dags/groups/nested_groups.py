"""C8: task groups inside a task group, built by one function that any DAG can call.

Use it when a stage is itself made of stages: the outer box can be folded as a whole, and its inner boxes say what it
does.

Not for more than two levels, which nobody unfolds, and not to hide what belongs into a DAG of its own.

Every level prefixes the ids (`processing_tasks.transform_tasks.normalise`). A dependency of a group is one of its first
and last tasks, so `validate >> transform_tasks >> load_tasks` holds for tasks that somebody adds later.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import TaskGroup, chain, dag, task
from common.shop import REGIONS, TIMEZONE, Order, local_day, orders_of, revenue
from common.store import STORE, warehouse


@task
def validate_data(orders: list[Order]) -> list[Order]:
    """Return the orders as they are; raises ValueError if one is of an unknown region."""
    if unknown := sorted({order["region"] for order in orders} - set(REGIONS)):
        raise ValueError(f"orders of unknown regions: {', '.join(unknown)}")
    return orders


@task
def normalise(orders: list[Order]) -> list[Order]:
    """Drop what was cancelled."""
    return [order for order in orders if order["quantity"]]


@task
def deduplicate(orders: list[Order]) -> list[Order]:
    """Keep the first of several orders with one id, as a source that repeats itself would send them."""
    return list({order["order_id"]: order for order in reversed(orders)}.values())[::-1]


@task
def load_orders(orders: list[Order], store: str, data_interval_start: datetime | None = None) -> int:
    """Replace the day's orders; return their number."""
    day = local_day(data_interval_start).isoformat()
    with warehouse(store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS nested_orders (day TEXT, order_id TEXT, quantity INTEGER)")
        connection.execute("DELETE FROM nested_orders WHERE day = ?", (day,))
        rows = [(day, order["order_id"], order["quantity"]) for order in orders]
        connection.executemany("INSERT INTO nested_orders VALUES (?, ?, ?)", rows)
    return len(rows)


@task
def load_totals(orders: list[Order]) -> dict[str, int]:
    """Return quantity by product, and the day's revenue in cents."""
    totals: Counter[str] = Counter()
    for order in orders:
        totals[order["product"]] += order["quantity"]
    return {**totals, "cents": revenue(orders)}


def processing_group(orders: list[Order]) -> TaskGroup:
    """Build `processing_tasks` around some orders, which may be the output of a task."""
    with TaskGroup("processing_tasks", tooltip="From raw orders to tables") as processing:
        checked = validate_data(orders)
        with TaskGroup("transform_tasks") as transform:
            clean = deduplicate(normalise(checked))
        with TaskGroup("load_tasks") as load:
            load_orders(clean, STORE)
            load_totals(clean)
        chain(checked, transform, load)
    return processing


@task
def read_orders(data_interval_start: datetime | None = None) -> list[Order]:
    """Read the day's orders."""
    return orders_of(local_day(data_interval_start))


@task
def announce(data_interval_start: datetime | None = None) -> str:
    """Return the sentence for the team's channel."""
    return f"orders of {local_day(data_interval_start)} are processed"


@dag(
    description="Orders in a task group that holds two more",
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
def nested_groups() -> None:
    """Read, process, announce."""
    processing_group(read_orders()) >> announce()


nested_groups()
