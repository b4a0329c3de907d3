"""E13 (refreshing caches, views, indexes): what is computed from tables is computed again, in the right order.

Use it after loads, for what readers use instead of the tables themselves.

Not for views that the database keeps itself, and not by the clock: after the load, as a task or by its asset.

Easy to get wrong: a plain REFRESH locks readers out for as long as it takes; `CONCURRENTLY` does not, but needs a
unique index, and REINDEX CONCURRENTLY refuses to run in a transaction (`autocommit`). A cache that is emptied before
the view is new fills with the old figures again; it goes last, and once for the run: a repeated purge does no harm.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pendulum
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag
from common.compat_providers import HttpOperator
from common.shop import TIMEZONE

CONN_ID = "warehouse_db"


@dag(
    description="Refreshes the sales view, its search index and the cache of the web shop",
    schedule=CronDataIntervalTimetable("0 5 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "warehouse",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "warehouse"],
)
def refresh_derived() -> None:
    """View, then index, then cache."""
    refresh_view = SQLExecuteQueryOperator(
        task_id="refresh_view", conn_id=CONN_ID, sql="REFRESH MATERIALIZED VIEW CONCURRENTLY sales_by_product"
    )
    rebuild_index = SQLExecuteQueryOperator(
        task_id="rebuild_index", conn_id=CONN_ID, autocommit=True, sql="REINDEX INDEX CONCURRENTLY products_search"
    )
    purge_cache = HttpOperator(
        task_id="purge_cache",
        http_conn_id="shop_cache",
        endpoint="purge",
        method="POST",
        data=json.dumps({"prefix": "/sales"}),
        headers={"Content-Type": "application/json"},
    )
    refresh_view >> rebuild_index >> purge_cache


refresh_derived()
