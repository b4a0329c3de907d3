"""C3: discover the tables of a source when the run starts, copy each in a task instance of its own, add up the totals.

Use it when others add tables to the source: a new one is copied from the next run on, without a change here.

Not for tables that each need their own treatment (a task group each, from configuration).

The names come from outside, so they are quoted wherever they meet SQL. Each instance replaces its own table as a whole,
within one transaction, which makes a retry harmless. A source without tables is a run that copies nothing and says so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypedDict

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import PRODUCTS, TIMEZONE, local_day, orders_of
from common.store import STORE, store_folder, warehouse


class Copied(TypedDict):
    """What one mapped instance did."""

    table: str
    rows: int


def quoted(name: str) -> str:
    """Return a name as SQL writes an identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


@task
def snapshot(store: str, data_interval_start: datetime | None = None) -> str:
    """Write the order system's tables as they were at the end of the day; return the path of that database."""
    day = local_day(data_interval_start)
    file = store_folder(store) / f"order_system_{day.isoformat()}.sqlite"
    file.unlink(missing_ok=True)
    orders = orders_of(day)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE orders (order_id TEXT PRIMARY KEY, product TEXT, quantity INTEGER)")
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?)", [(o["order_id"], o["product"], o["quantity"]) for o in orders]
        )
        connection.execute("CREATE TABLE products (product TEXT PRIMARY KEY, cents INTEGER)")
        connection.executemany("INSERT INTO products VALUES (?, ?)", PRODUCTS.items())
        connection.execute("CREATE TABLE refunds (order_id TEXT PRIMARY KEY, cents INTEGER)")
        connection.executemany(
            "INSERT INTO refunds VALUES (?, ?)", [(o["order_id"], o["refund"]) for o in orders if o["refund"]]
        )
    return str(file)


@task
def discover_tables(source: str) -> list[str]:
    """Return the names of the tables that the source has now."""
    if not Path(source).is_file():
        raise FileNotFoundError(source)  # sqlite3 would make an empty database, and the run would copy nothing
    with closing(sqlite3.connect(source)) as connection:
        found = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        )
        return sorted(name for (name,) in found)


@task
def copy_table(table: str, source: str, store: str) -> Copied:
    """Replace the warehouse's copy of one table."""
    target, origin = quoted(f"landing_{table}"), f"source.{quoted(table)}"
    with warehouse(store) as connection:
        connection.execute("ATTACH ? AS source", (source,))
        connection.execute("BEGIN")
        connection.execute(f"DROP TABLE IF EXISTS {target}")
        connection.execute(f"CREATE TABLE {target} AS SELECT * FROM {origin}")  # noqa: S608 -- quoted
        (rows,) = connection.execute(f"SELECT count(*) FROM {target}").fetchone()  # noqa: S608 -- quoted
    return {"table": table, "rows": rows}


@task(trigger_rule="none_failed")
def total(copied: Iterable[Copied] | None) -> dict[str, int]:
    """Return how many tables and rows there were."""
    found = list(copied or ())  # None on Airflow 2 when nothing was mapped
    return {"tables": len(found), "rows": sum(one["rows"] for one in found)}


@dag(
    description="Copies whatever tables the order system has, one mapped task instance each",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "mapping"],
)
def discovered_tables() -> None:
    """Discover, map, add up."""
    source = snapshot(STORE)
    total(copy_table.partial(source=source, store=STORE).expand(table=discover_tables(source)))


discovered_tables()
