"""E13 (data-quality checks): write, audit, publish.

Use it wherever others rely on a table: a day's rows are staged, audited there, and only published when every check
holds. Readers never see a day that is half there or wrong.

Not for checks that only inform (let those warn, and publish all the same).

Easy to get wrong: SQLCheckOperator passes when every value of the first row is true. `SELECT count(*) ... IS NULL`
therefore fails on clean data and passes on dirty data; write what must hold (`count(*) = 0`). It has no `tolerance`
either. And a check without the partition audits years of rows each day, of which yesterday's faults are lost.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pendulum
from airflow.providers.common.sql.operators.sql import (
    SQLCheckOperator,
    SQLColumnCheckOperator,
    SQLExecuteQueryOperator,
    SQLTableCheckOperator,
)
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import TaskGroup, dag, task
from common.shop import PRODUCTS, TIMEZONE, local_day, orders_of

CONN_ID = "warehouse_db"
DAY = "{{ data_interval_start.in_timezone('Europe/Amsterdam').date() }}"
THIS_DAY = f"day = '{DAY}'"
EXPECTED = "day date, order_id text, product text, quantity integer, refund integer"
COLUMNS = """
SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) = %(expected)s
FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'staged_orders'
"""
PUBLISH = [
    f"DELETE FROM orders WHERE {THIS_DAY}",  # noqa: S608 - the date is Airflow's own
    f"INSERT INTO orders SELECT * FROM staged_orders WHERE {THIS_DAY}",  # noqa: S608
]


@task
def stage_orders(data_interval_start: datetime | None = None) -> int:
    """Replace the day's rows in the staging table; return how many there are."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    day = local_day(data_interval_start)
    rows = [(day, o["order_id"], o["product"], o["quantity"], o["refund"]) for o in orders_of(day)]
    hook = PostgresHook(postgres_conn_id=CONN_ID)
    hook.run("DELETE FROM staged_orders WHERE day = %s", parameters=(day,))
    hook.insert_rows("staged_orders", rows)
    return len(rows)


@dag(
    description="Publishes a day's orders only if they pass every check",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "warehouse",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "warehouse"],
)
def data_quality() -> None:
    """Stage, audit, publish."""
    with TaskGroup("audit", default_args={"conn_id": CONN_ID}) as audit:
        SQLCheckOperator(task_id="schema", sql=COLUMNS, parameters={"expected": EXPECTED})
        SQLColumnCheckOperator(
            task_id="columns",
            table="staged_orders",
            partition_clause=THIS_DAY,
            column_mapping={
                "order_id": {"null_check": {"equal_to": 0}, "unique_check": {"equal_to": 0}},
                "product": {"null_check": {"equal_to": 0}, "distinct_check": {"leq_to": len(PRODUCTS)}},
                "quantity": {"min": {"geq_to": 0}, "max": {"leq_to": 100}},
            },
        )
        SQLTableCheckOperator(
            task_id="completeness",
            table="staged_orders",
            partition_clause=THIS_DAY,
            checks={
                "enough_rows": {"check_statement": "count(*) >= 10"},
                "mostly_real_orders": {
                    "check_statement": "sum(CASE WHEN quantity = 0 THEN 1 ELSE 0 END) * 2 < count(*)"
                },
            },
        )
        SQLCheckOperator(
            task_id="business_rules",
            sql=f"SELECT count(*) = 0 FROM staged_orders WHERE {THIS_DAY} AND refund > 0 AND quantity = 0",  # noqa: S608
        )
    stage_orders() >> audit >> SQLExecuteQueryOperator(task_id="publish_orders", conn_id=CONN_ID, sql=PUBLISH)


data_quality()
