"""A3: three DAGs, each started by the asset that the one before has updated.

Use it when DAGs of different teams follow each other: the consumer names the data that it needs, not the DAG or
the hour that makes it, and runs as soon as the data is there.

Not for steps that always run together (one DAG), and not to hand over which rows are new: an event may be missed
while a DAG is paused, or several may start one run. Each DAG here therefore takes all that it has not yet
processed, and processing a file again changes nothing.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import Asset, dag, task
from common.shop import PRODUCTS, TIMEZONE, Order, local_day, orders_of
from common.store import STORE, store_folder, warehouse

RAW_ORDERS = Asset("x-shop://store/raw_orders")
CLEAN_ORDERS = Asset("x-shop://store/clean_orders")

DEFAULT_ARGS = {
    "owner": "sales-data",
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
    "execution_timeout": timedelta(minutes=30),
}
START_DATE = pendulum.datetime(2024, 1, 1, tz=TIMEZONE)


@task(outlets=[RAW_ORDERS])
def extract_raw(store: str, data_interval_start: datetime | None = None) -> str:
    """Write the day's orders as they come; return the file's name."""
    day = local_day(data_interval_start)
    folder = store_folder(store) / "raw_orders"
    folder.mkdir(exist_ok=True)
    file = folder / f"{day.isoformat()}.json"
    file.write_text(json.dumps(orders_of(day)), encoding="utf-8")
    return file.name


@task(outlets=[CLEAN_ORDERS])
def transform_data(store: str) -> list[str]:
    """Drop the cancelled orders from every raw file that changed since it was cleaned; return the names."""
    raw, clean = store_folder(store) / "raw_orders", store_folder(store) / "clean_orders"
    clean.mkdir(exist_ok=True)
    written = []
    for source in sorted(raw.glob("*.json")):
        target = clean / source.name
        if not target.exists() or target.stat().st_mtime <= source.stat().st_mtime:
            orders: list[Order] = json.loads(source.read_text(encoding="utf-8"))
            target.write_text(json.dumps([order for order in orders if order["quantity"]]), encoding="utf-8")
            written.append(source.name)
    return written


@task
def load_to_warehouse(store: str) -> int:
    """Bring the warehouse in line with the clean files; return how many orders it holds."""
    with warehouse(store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, day TEXT, cents INTEGER)")
        for file in sorted((store_folder(store) / "clean_orders").glob("*.json")):
            orders: list[Order] = json.loads(file.read_text(encoding="utf-8"))
            rows = [(o["order_id"], file.stem, o["quantity"] * PRODUCTS[o["product"]] - o["refund"]) for o in orders]
            connection.executemany("INSERT OR REPLACE INTO orders VALUES (?, ?, ?)", rows)
        (count,) = connection.execute("SELECT count(*) FROM orders").fetchone()
    return int(count)


@dag(
    description="Writes each day's raw orders and thereby starts orders_processor",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=START_DATE,
    catchup=False,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["reference", "assets"],
)
def orders_producer() -> None:
    """Run once a day."""
    extract_raw(STORE)


@dag(
    description="Cleans raw orders whenever there are new ones and thereby starts orders_consumer",
    schedule=[RAW_ORDERS],
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["reference", "assets"],
)
def orders_processor() -> None:
    """Run when raw orders were written."""
    transform_data(STORE)


@dag(
    description="Loads clean orders into the warehouse whenever there are new ones",
    schedule=[CLEAN_ORDERS],
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["reference", "assets"],
)
def orders_consumer() -> None:
    """Run when clean orders were written."""
    load_to_warehouse(STORE)


orders_producer()
orders_processor()
orders_consumer()
