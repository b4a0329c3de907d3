"""B6: seven ways to do the same work with less: time, memory, connections, room in the metadata DB.

- *Pooled connections*: `price` asks from eight threads, over at most three connections.
- *Cached results*: `summarise` computes a file's figures once; the same content again is a look-up.
- *Generators*: `export` holds one order at a time, whether there are a hundred or a million.
- *Clean-up in callbacks*: what `export` scratched together goes away when it succeeds, is retried or fails. The
  callbacks are the task's own, which run where the task ran; a DAG's callback may run on another machine.
- *Outside of XCom*: rows travel in a file, XCom holds its path, its digest and its number of rows.
- *Cheap parsing*: clients are imported inside tasks, and nothing is read when this file is parsed.
- *Staggered schedules*: each region has its own minutes, spread over the hour, and keeps them.

Use each where its cost has been measured, in this order: first less work, then the same work with less.

Easy to get wrong: a cache whose key is the date and not the content serves yesterday's mistake for ever; a file that is
written in place is read half written; a pool larger than the database's own limit only moves the queue.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypedDict

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import Param, Variable, dag, task
from common.shop import PRODUCTS, REGIONS, TIMEZONE, Order, days_before, local_day, orders_of
from common.store import STORE, store_folder

CONNECTIONS, THREADS = 3, 8
PRICE = "SELECT cents FROM prices WHERE product = %s"


class Export(TypedDict):
    """A reference to a file of orders: small enough for XCom, whatever the file's size."""

    path: str
    digest: str
    rows: int


def dag_id_of(region: str) -> str:
    """Return the id of a region's DAG."""
    return f"optimised_exports_{region.replace('-', '_')}"


def staggered(names: tuple[str, ...], hour: int) -> dict[str, str]:
    """Return a cron expression for each name, spread evenly over the hour; only the order of names decides."""
    return {name: f"{60 * number // len(names)} {hour} * * *" for number, name in enumerate(names)}


def orders_in(region: str, days: list[date]) -> Iterator[Order]:
    """Yield the orders of a region, one at a time."""
    for day in days:
        yield from (order for order in orders_of(day) if order["region"] == region)


def scratch_of(store: str, run_id: str, dag_id: str) -> Path:
    """Return the folder in which a run may leave things lying about."""
    return store_folder(store) / "scratch" / hashlib.sha256(f"{dag_id} {run_id}".encode()).hexdigest()[:16]


def clean_up(context: Any) -> None:
    """Remove what the run scratched together; for the callbacks of the task that did."""
    scratch = scratch_of(Variable.get("reference_store", ""), context["run_id"], context["ti"].dag_id)
    shutil.rmtree(scratch, ignore_errors=True)


def write_export(orders: Iterator[Order], scratch: Path, target: Path) -> Export:
    """Write orders into a compressed file that appears whole or not at all."""
    scratch.mkdir(parents=True, exist_ok=True)
    digest, rows, part = hashlib.sha256(), 0, scratch / target.name
    with part.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file:
        for order in orders:
            line = json.dumps(order).encode() + b"\n"
            digest.update(line)
            file.write(line)
            rows += 1
    part.replace(target)
    return {"path": str(target), "digest": digest.hexdigest(), "rows": rows}


@task(on_success_callback=clean_up, on_failure_callback=clean_up, on_retry_callback=clean_up)
def export(
    region: str,
    store: str,
    params: dict[str, Any] | None = None,
    data_interval_end: datetime | None = None,
    run_id: str | None = None,
) -> Export:
    """Write the orders of the last days; return where, not what."""
    until = local_day(data_interval_end)
    folder = store_folder(store) / "exports"
    folder.mkdir(exist_ok=True)
    orders = orders_in(region, days_before(until, (params or {})["days"]))
    return write_export(
        orders, scratch_of(store, str(run_id), dag_id_of(region)), folder / f"{region}-{until}.jsonl.gz"
    )


@task
def summarise(found: Export, store: str) -> dict[str, Any]:
    """Return quantities by product, from the cache if the very same content has been summed up before."""
    cached = store_folder(store) / "cache" / f"{found['digest']}.json"
    if cached.exists():
        return {"hit": True, "sold": json.loads(cached.read_text(encoding="utf-8"))}
    sold = dict.fromkeys(PRODUCTS, 0)
    with gzip.open(found["path"], "rt", encoding="utf-8") as lines:
        for line in lines:
            order = json.loads(line)
            sold[order["product"]] += order["quantity"]
    cached.parent.mkdir(exist_ok=True)
    part = cached.with_suffix(".part")
    part.write_text(json.dumps(sold), encoding="utf-8")
    part.replace(cached)
    return {"hit": False, "sold": sold}


@task
def price(summary: dict[str, Any]) -> int:
    """Return what was sold, in cents, at the prices of the database; many threads, few connections."""
    from concurrent.futures import ThreadPoolExecutor

    from common.hooks.pooled_postgres import PooledPostgresHook

    hook = PooledPostgresHook("warehouse_db", pool_size=CONNECTIONS)

    def cents_of(item: tuple[str, int]) -> int:
        product, quantity = item
        return int(hook.get_first(PRICE, parameters=(product,))[0]) * quantity

    try:
        with ThreadPoolExecutor(THREADS) as threads:
            return sum(threads.map(cents_of, summary["sold"].items()))
    finally:
        hook.dispose()


def export_dag(region: str, schedule: str) -> Any:
    """Return the DAG of one region."""

    @dag(
        dag_id=dag_id_of(region),
        description=f"Exports and prices what {region} sold",
        schedule=CronDataIntervalTimetable(schedule, timezone=TIMEZONE),
        start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
        catchup=False,
        default_args={
            "owner": "warehouse",
            "retries": 1,
            "retry_delay": timedelta(minutes=5),
            "execution_timeout": timedelta(minutes=30),
        },
        params={"days": Param(7, type="integer", minimum=1, description="How many days before the end to export")},
        doc_md=__doc__,
        tags=["reference", "warehouse"],
    )
    def built() -> None:
        price(summarise(export(region, STORE), STORE))

    return built()


for name, minutes in staggered(REGIONS, hour=6).items():
    globals()[dag_id_of(name)] = export_dag(name, minutes)
