"""C10: queries that cannot run for ever, over a pool of few connections.

Use it for every query whose cost depends on the data: the server itself ends the statement after
`statement_timeout` seconds, and its locks and memory are free again. Airflow's `execution_timeout` alone only stops
the waiting; the query may go on in the server. It is the longer of the two, so that the server's answer comes first.

Not for setting a timeout by hand on a session that a `with` block closes before it is used, and not for Airflow's own
metadata DB, which tasks do not touch (Airflow 3 forbids it). Its pool is configured in `airflow.cfg`: the settings, in
their current section, stand in `database.cfg` beside this file.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import Param, dag, task
from common.shop import TIMEZONE, local_day

REVENUE = "SELECT region, sum(cents) FROM shop_sales WHERE day = %(day)s GROUP BY region ORDER BY region"


@task(execution_timeout=timedelta(hours=1))
def revenue_by_region(
    params: dict[str, Any] | None = None, data_interval_start: datetime | None = None
) -> dict[str, int]:
    """Return the day's revenue by region, in cents; fails when the server has ended the statement."""
    from common.hooks.pooled_postgres import PooledPostgresHook

    timeout = (params or {})["statement_timeout"]
    hook = PooledPostgresHook(postgres_conn_id="shop_db", pool_size=2, statement_timeout=timeout)
    try:
        rows = hook.get_records(REVENUE, parameters={"day": local_day(data_interval_start)})
    finally:
        hook.dispose()
    return {region: int(cents) for region, cents in rows}


@task
def best_region(revenue: dict[str, int]) -> str | None:
    """Return the region with the highest revenue, None on a day without sales."""
    return max(sorted(revenue), key=lambda region: revenue[region], default=None)


@dag(
    description="The day's revenue by region, from queries that end in time",
    schedule=CronDataIntervalTimetable("40 4 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    params={
        "statement_timeout": Param(
            900, type="integer", minimum=1, maximum=3_000, description="Seconds after which the server ends a query"
        )
    },
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=15),
        "execution_timeout": timedelta(minutes=5),
    },
    doc_md=__doc__,
    tags=["reference", "resources"],
)
def bounded_queries() -> None:
    """Query, then choose."""
    best_region(revenue_by_region())


bounded_queries()
