"""B5: only what is new, in chunks that load in parallel, up to a high-water mark.

Use it when a source grows by far less than it holds and can say what is new by a number or a time that only grows.
`plan` reads the mark and fixes the upper end; chunks between the two load side by side; `advance` moves the mark
once all of them are in. When one fails the mark stays, and the next run loads the whole span again: each chunk
replaces its own rows, so nothing stands there twice.

Not for a source that changes rows without giving them a new number (compare the rows, or read its change log), and
not for one that deletes (a row that is gone has no number).

Easy to get wrong: reading the mark again at the end (`max(change)` then covers rows that came after `plan`, which no
chunk has loaded), and moving it chunk by chunk (the second chunk may finish before the first).
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any, TypedDict

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import Param, dag, instances_named, task
from common.shop import PRODUCTS, TIMEZONE, local_day, orders_of
from common.store import STORE, warehouse

TABLES = """
CREATE TABLE IF NOT EXISTS journal (change INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT UNIQUE, cents INTEGER);
CREATE TABLE IF NOT EXISTS loaded (change INTEGER PRIMARY KEY, order_id TEXT, cents INTEGER);
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, change INTEGER NOT NULL);
"""
MARK = "journal"


class Span(TypedDict):
    """The changes from `after`, which is not part of it, up to and with `upto`."""

    after: int
    upto: int


def chunks(span: Span, size: int) -> list[Span]:
    """Split a span into spans of up to `size` changes that touch and do not overlap; an empty one into none."""
    starts = range(span["after"], span["upto"], size)
    return [{"after": start, "upto": min(start + size, span["upto"])} for start in starts]


def pending(connection: sqlite3.Connection) -> Span:
    """Return what lies between the mark and the newest change."""
    mark = connection.execute("SELECT change FROM marks WHERE name = ?", (MARK,)).fetchone()
    (newest,) = connection.execute("SELECT coalesce(max(change), 0) FROM journal").fetchone()
    after = mark[0] if mark else 0
    return {"after": after, "upto": max(after, newest)}


def copy(connection: sqlite3.Connection, chunk: Span) -> int:
    """Replace the rows of a chunk; return how many there are."""
    bounds = (chunk["after"], chunk["upto"])
    connection.execute("DELETE FROM loaded WHERE change > ? AND change <= ?", bounds)
    found = connection.execute("INSERT INTO loaded SELECT * FROM journal WHERE change > ? AND change <= ?", bounds)
    return found.rowcount


def move_mark(connection: sqlite3.Connection, upto: int) -> None:
    """Move the mark to `upto`, never back."""
    connection.execute(
        "INSERT INTO marks VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET change = max(change, excluded.change)",
        (MARK, upto),
    )


@task
def record_orders(store: str, data_interval_start: datetime | None = None) -> None:
    """Write the day's orders into the journal, as the shop does."""
    with warehouse(store) as connection:
        connection.executescript(TABLES)
        for order in orders_of(local_day(data_interval_start)):
            cents = PRODUCTS[order["product"]] * order["quantity"] - order["refund"]
            connection.execute(
                "INSERT OR IGNORE INTO journal (order_id, cents) VALUES (?, ?)", (order["order_id"], cents)
            )


@task
def plan(store: str, params: dict[str, Any] | None = None) -> list[Span]:
    """Return the chunks of this run."""
    with warehouse(store) as connection:
        return chunks(pending(connection), (params or {})["chunk_size"])


@task(max_active_tis_per_dagrun=4, **instances_named("{{ task.op_kwargs['chunk']['upto'] }}"))
def load_chunk(chunk: Span, store: str) -> int:
    """Load one chunk; return its number of rows."""
    with warehouse(store) as connection:
        return copy(connection, chunk)


@task
def advance(planned: list[Span], store: str) -> int:
    """Move the mark to the end of the last chunk; return it."""
    with warehouse(store) as connection:
        move_mark(connection, planned[-1]["upto"])
    return planned[-1]["upto"]


@dag(
    description="Loads what is new in a journal, chunk by chunk in parallel",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,  # the mark has one owner
    default_args={
        "owner": "warehouse",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=1),
    },
    params={"chunk_size": Param(500, type="integer", minimum=1, description="Changes per task")},
    doc_md=__doc__,
    tags=["reference", "warehouse"],
)
def incremental_chunks() -> None:
    """Record, plan, load in parallel, advance; with nothing new, loading and advancing are skipped."""
    planned = plan(STORE)
    record_orders(STORE) >> planned
    load_chunk.partial(store=STORE).expand(chunk=planned) >> advance(planned, STORE)


incremental_chunks()
