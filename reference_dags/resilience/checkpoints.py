"""C12: a task that resumes where it crashed, without doing anything twice.

Use it for a long loop whose items cannot be undone or are too dear to repeat. The checkpoint is a row in the same
database as the results, written in the same transaction: there is no moment at which one is there without the other,
wherever the worker dies. A retry, a cleared task and a run for the same day all find it.

Not for a loop of minutes whose results are replaced as a whole: that is simpler (E1). Not for effects outside of the
database, such as mails, which no transaction covers; give those a key by which the receiver knows a repetition.

XCom is no place for a checkpoint: Airflow clears a task's XComs before each of its tries.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import PRODUCTS, TIMEZONE, Order, local_day, orders_of
from common.store import STORE, warehouse

BATCH = 10
_TABLES = (
    "CREATE TABLE IF NOT EXISTS ledger (order_id TEXT, cents INTEGER)",  # nothing would refuse a double entry
    "CREATE TABLE IF NOT EXISTS checkpoints (job TEXT PRIMARY KEY, done INTEGER)",
)


def post_next(store: str, job: str, orders: list[Order]) -> int:
    """Post the next batch and its checkpoint in one transaction; return how many orders it had, 0 at the end."""
    with warehouse(store) as connection:
        for table in _TABLES:
            connection.execute(table)
        connection.execute("BEGIN IMMEDIATE")  # a second worker that runs the same task waits here
        found = connection.execute("SELECT done FROM checkpoints WHERE job = ?", (job,)).fetchone()
        done = found[0] if found else 0
        batch = orders[done : done + BATCH]
        rows = [(order["order_id"], order["quantity"] * PRODUCTS[order["product"]]) for order in batch]
        connection.executemany("INSERT INTO ledger VALUES (?, ?)", rows)
        connection.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)", (job, done + len(batch)))
    return len(batch)


@task
def post_orders(store: str, data_interval_start: datetime | None = None) -> int:
    """Enter the day's orders into the ledger; return how many this try entered."""
    day = local_day(data_interval_start)
    posted = 0
    while count := post_next(store, f"post_orders {day}", orders_of(day)):
        posted += count
    return posted


@task
def balance(store: str) -> int:
    """Return the sum of the whole ledger, in cents."""
    with warehouse(store) as connection:
        (cents,) = connection.execute("SELECT coalesce(sum(cents), 0) FROM ledger").fetchone()
    return int(cents)


@dag(
    description="Enters each day's orders into a ledger, resuming after a crash",
    schedule=CronDataIntervalTimetable("0 4 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "finance-data",
        "retries": 5,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "resilience"],
)
def checkpoints() -> None:
    """Post, then sum up."""
    post_orders(STORE) >> balance(STORE)


checkpoints()
