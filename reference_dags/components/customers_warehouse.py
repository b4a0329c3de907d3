"""B10, C2, E5: many small statements over a few connections, by a hook with a pool.

Use it when one task talks to a database from several threads, or very often: opening a connection costs a server
process on the other side, and a server takes a limited number of them. The hook lends a few connections, gets each
one back at `close()`, replaces those that the server has dropped, and does a piece of work again when the connection
is lost in the middle of it.

Not for a task that sends three statements (`PostgresHook` is enough), and not to share connections between tasks:
each task is a process of its own, so the number of connections is the pool's size times the number of running tasks.

What goes wrong easily:

- A pool whose connections nobody gives back is empty after `pool_size` calls. Here `close()` gives back, so that all
  inherited methods do it, too.
- A statement that is repeated after a lost connection happens twice if the first one was committed. Here the unit of
  repetition is the transaction, and a loss during the commit itself is not repeated.
- A driver that waits for the network in C does not hear Airflow's `execution_timeout`: only its own timeouts end it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import chain, dag, task
from common.factories.sql_checks import NOT_EMPTY, no_nulls, sql_checks, unique
from common.shop import LOCAL_DAY, REGIONS, TIMEZONE

COUNT = "SELECT count(*) FROM shop_customers WHERE region = %s"
REPLACE = (
    "INSERT INTO customer_counts (day, region, customers) VALUES (%s, %s, %s) "
    "ON CONFLICT (day, region) DO UPDATE SET customers = excluded.customers"
)
CHECKS = {"has_regions": NOT_EMPTY, "regions": unique("region"), "counts": no_nulls("customers")}


@task
def count_customers(regions: Sequence[str], day: str) -> dict[str, int]:
    """Count each region's customers, two regions at a time, and write the counts in one transaction."""
    from concurrent.futures import ThreadPoolExecutor

    from common.hooks.pooled_postgres import PooledPostgresHook

    shop, warehouse = PooledPostgresHook("shop_db", pool_size=2), PooledPostgresHook("warehouse_db", pool_size=1)
    with ThreadPoolExecutor(2) as threads:
        counts = [row[0] for row in threads.map(lambda region: shop.get_first(COUNT, [region]), regions)]

    def write(cursor: Any) -> None:
        for region, count in zip(regions, counts, strict=True):
            cursor.execute(REPLACE, [day, region, count])

    warehouse.in_transaction(write)
    return dict(zip(regions, counts, strict=True))


@dag(
    description="Each day's number of customers by region, from the shop's database into the warehouse's",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "components"],
)
def customers_warehouse() -> None:
    """Count, then check what was written."""
    checks = sql_checks(CHECKS, table="customer_counts", where=f"day = '{LOCAL_DAY}'", conn_id="warehouse_db")
    chain(count_customers(list(REGIONS), day=LOCAL_DAY), checks)


customers_warehouse()
