"""A15: a large table in pages, every row exactly once, also while rows arrive.

Use it when a table does not fit in memory, or when one transaction over all of it would lock others out. Each page
is one transaction, so a try that dies leaves whole pages behind and the next one goes on after them.

Not when the database can do the work itself (`INSERT ... SELECT` moves no row through the worker).

Easy to get wrong: `LIMIT` with `OFFSET` and without `ORDER BY` promises nothing about which rows a page holds, and
even in order a row that arrives earlier in the order shifts all pages after it: one row is read twice, another never.
Here each page begins after the last key of the one before, and the target's own primary key says what is done: a row
that arrives behind the position is found by the next run. What is the last row is decided once, at the start, or a
busy source would hold the run for ever.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import Param, dag, task
from common.shop import PRODUCTS, TIMEZONE, local_day, orders_of
from common.store import STORE, warehouse

Row = tuple[str, str, int, int]

TABLES = """
CREATE TABLE IF NOT EXISTS inbox (order_id TEXT PRIMARY KEY, product TEXT, quantity INTEGER, refund INTEGER);
CREATE TABLE IF NOT EXISTS booked (order_id TEXT PRIMARY KEY, cents INTEGER);
"""
PAGE = """
SELECT order_id, product, quantity, refund FROM inbox LEFT JOIN booked USING (order_id)
WHERE booked.order_id IS NULL AND order_id > ? AND order_id <= ? ORDER BY order_id LIMIT ?
"""


def pages(connection: sqlite3.Connection, size: int) -> Iterator[list[Row]]:
    """Yield the rows that are not booked, in pages of up to `size`, until the last one that was there at the start."""
    (last,) = connection.execute("SELECT max(order_id) FROM inbox").fetchone()
    after = ""
    while page := connection.execute(PAGE, (after, last, size)).fetchall():
        yield page
        after = page[-1][0]


def book(connection: sqlite3.Connection, page: list[Row]) -> None:
    """Book one page, as a whole or not at all."""
    booked = [(order_id, PRODUCTS[product] * quantity - refund) for order_id, product, quantity, refund in page]
    with connection:
        connection.executemany("INSERT INTO booked VALUES (?, ?)", booked)


@task
def receive_orders(store: str, data_interval_start: datetime | None = None) -> int:
    """Put the day's orders into the inbox, as the shop does all day long; return how many the inbox holds."""
    orders = [
        (o["order_id"], o["product"], o["quantity"], o["refund"]) for o in orders_of(local_day(data_interval_start))
    ]
    with warehouse(store) as connection:
        connection.executescript(TABLES)
        connection.executemany("INSERT OR IGNORE INTO inbox VALUES (?, ?, ?, ?)", orders)
        (count,) = connection.execute("SELECT count(*) FROM inbox").fetchone()
    return int(count)


@task
def book_orders(store: str, params: dict[str, Any] | None = None) -> list[int]:
    """Book what is not booked yet; return the number of rows of each page."""
    size, sizes = (params or {})["page_size"], []
    with warehouse(store) as connection:
        for page in pages(connection, size):
            book(connection, page)
            sizes.append(len(page))
    return sizes


@dag(
    description="Books the orders of an inbox page by page",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,  # two runs at once would both find the same rows
    default_args={
        "owner": "warehouse",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=1),
    },
    params={"page_size": Param(1000, type="integer", minimum=1, description="The most rows to hold in memory")},
    doc_md=__doc__,
    tags=["reference", "warehouse"],
)
def paged_batches() -> None:
    """Receive, then book."""
    receive_orders(STORE) >> book_orders(STORE)


paged_batches()
