"""E13 (data lake): raw, clean and ready data in object storage, with a catalogue of what is where.

Use it for data that many read in different ways, and that should be kept as it came: everything later can be computed
again from the raw zone.

Not for a few tables that one team reads by SQL (a warehouse is less work).

Easy to get wrong: objects without a partition in their key are listed and read whole for each day; a job that dies
halfway leaves half a partition which readers take for the whole, so the catalogue names a partition only when its
object is there; and rows that cannot be read belong into quarantine, where they are counted, not into the bin.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import PRODUCTS, TIMEZONE, local_day, orders_of

BUCKET = "shop-lake"


def key_of(zone: str, day: str) -> str:
    """Return where a zone keeps the orders of a day."""
    return f"{zone}/orders/day={day}/part-0.jsonl"


def read_lines(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the orders that can be used, and the lines that cannot."""
    good: list[dict[str, Any]] = []
    bad: list[str] = []
    for line in text.splitlines():
        order = parsed(line)
        (bad.append(line) if order is None else good.append(order))
    return good, bad


def parsed(line: str) -> dict[str, Any] | None:
    """Return the order of a line; None if it is none, or of a product that nobody sells."""
    try:
        order = json.loads(line)
    except ValueError:
        return None
    known = isinstance(order, dict) and order.get("product") in PRODUCTS and isinstance(order.get("quantity"), int)
    return order if known else None


@task
def ingest(data_interval_start: datetime | None = None) -> str:
    """Write the day's orders as they came into the raw zone, unless they are there: raw data is never changed."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    day, hook = local_day(data_interval_start), S3Hook()
    key = key_of("raw", str(day))
    if not hook.check_for_key(key, BUCKET):
        hook.load_string("\n".join(json.dumps(order) for order in orders_of(day)), key, BUCKET)
    return str(day)


@task
def clean(day: str) -> dict[str, int]:
    """Write the good orders into the clean zone and the others into quarantine; return the number of both."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    hook = S3Hook()
    good, bad = read_lines(hook.read_key(key_of("raw", day), BUCKET))
    hook.load_string("\n".join(map(json.dumps, good)), key_of("clean", day), BUCKET, replace=True)
    hook.load_string("\n".join(bad), key_of("quarantine", day), BUCKET, replace=True)
    return {"good": len(good), "bad": len(bad)}


@task
def aggregate(day: str) -> dict[str, int]:
    """Write the quantities by product into the ready zone; return them."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    hook, sold = S3Hook(), Counter(dict.fromkeys(PRODUCTS, 0))
    for order in read_lines(hook.read_key(key_of("clean", day), BUCKET))[0]:
        sold[order["product"]] += order["quantity"]
    lines = [json.dumps({"product": product, "quantity": quantity}) for product, quantity in sold.items()]
    hook.load_string("\n".join(lines), key_of("ready", day), BUCKET, replace=True)
    return dict(sold)


@task
def catalogue(day: str, counts: dict[str, int]) -> list[str]:
    """Name the day's partition of each zone; return all days that the catalogue names."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    hook = S3Hook()
    entry = {"day": day, **counts, "zones": {zone: key_of(zone, day) for zone in ("raw", "clean", "ready")}}
    hook.load_string(json.dumps(entry), f"catalogue/orders/{day}.json", BUCKET, replace=True)
    keys = hook.list_keys(BUCKET, prefix="catalogue/orders/")
    return sorted(key.rpartition("/")[2].removesuffix(".json") for key in keys)


@dag(
    description="A day's orders through the zones of the lake, into its catalogue",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "warehouse"],
)
def data_lake() -> None:
    """Raw, clean, ready, then the catalogue."""
    day = ingest()
    counts = clean(day)
    ready = aggregate(day)
    counts >> ready >> catalogue(day, counts)


data_lake()
