"""E13 (vacuum): upkeep of a warehouse's tables: partitions, dead rows, statistics.

Use it where nobody else does it often enough: after large loads, or on a warehouse whose automatic vacuum is off.

Not as a habit on a database that keeps itself clean, and never `VACUUM FULL` beside users: it locks the table.

Easy to get wrong: an SQL operator runs its statements in a transaction, in which VACUUM refuses to run, hence
`autocommit`. Vacuuming every table every night reads them all for nothing: here only those with dead rows are, each
as a task of its own, so that one that fails or takes long is seen by its name. Partitions are created a month ahead:
the first insert of a month should not be the one that finds out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pendulum
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import Param, dag, task
from common.shop import TIMEZONE, local_day

CONN_ID = "warehouse_db"
PARTITIONED = "sales"
PARTITIONS = """
SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(%s) ORDER BY 1
"""
BLOATED = """
SELECT format('VACUUM (ANALYZE) %%I.%%I', schemaname, relname) FROM pg_stat_user_tables
WHERE n_dead_tup >= %s ORDER BY n_dead_tup DESC, relname
"""


def month_after(day: date, count: int) -> date:
    """Return the first day of the month `count` months after that of `day`; before it, if negative."""
    return pendulum.date(day.year, day.month, 1).add(months=count)


def partition_name(month: date) -> str:
    """Return the name of a month's partition."""
    return f"{PARTITIONED}_{month:%Y%m}"


@task
def rotate_partitions(params: dict[str, Any] | None = None, data_interval_end: datetime | None = None) -> list[str]:
    """Create the partitions of this month and the next, drop those that are too old; return what there is."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    hook, today = PostgresHook(postgres_conn_id=CONN_ID), local_day(data_interval_end)
    statements = [
        f"CREATE TABLE IF NOT EXISTS {partition_name(month)} PARTITION OF {PARTITIONED} "
        f"FOR VALUES FROM ('{month}') TO ('{month_after(month, 1)}')"
        for month in (month_after(today, 0), month_after(today, 1))
    ]
    oldest = partition_name(month_after(today, -(params or {})["months_kept"]))
    there = [name for (name,) in hook.get_records(PARTITIONS, parameters=(PARTITIONED,))]
    statements += [f"DROP TABLE {name}" for name in there if name < oldest]
    hook.run(statements)
    return [name for (name,) in hook.get_records(PARTITIONS, parameters=(PARTITIONED,))]


@task
def vacuum_statements(params: dict[str, Any] | None = None) -> list[str]:
    """Return a statement for each table with enough dead rows, the worst first."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    found = PostgresHook(postgres_conn_id=CONN_ID).get_records(BLOATED, parameters=((params or {})["dead_rows"],))
    return [statement for (statement,) in found]


@dag(
    description="Rotates the partitions of the warehouse and vacuums the tables that need it",
    schedule=CronDataIntervalTimetable("0 3 * * 0", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "warehouse",
        "retries": 1,
        "retry_delay": timedelta(minutes=15),
        "execution_timeout": timedelta(hours=2),
    },
    params={
        "dead_rows": Param(1000, type="integer", minimum=1, description="Vacuum tables with at least so many"),
        "months_kept": Param(24, type="integer", minimum=1, description="Months of partitions before this one"),
    },
    doc_md=__doc__,
    tags=["reference", "warehouse"],
)
def vacuum() -> None:
    """Partitions first: what is dropped need not be vacuumed."""
    statements = vacuum_statements()
    rotate_partitions() >> statements
    SQLExecuteQueryOperator.partial(
        task_id="vacuum_table", conn_id=CONN_ID, autocommit=True, pool="warehouse_queries", pool_slots=2
    ).expand(sql=statements)


vacuum()
