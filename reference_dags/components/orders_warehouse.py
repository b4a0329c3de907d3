"""B10, C1, E5: a load by the team's own operator, checked by the team's own task factory.

The operator (`common/operators`), the checks (`common/factories`) and the hook of the DAG beside this one
(`common/hooks`) are written once, tested alone, and imported by several DAGs.

Use a custom operator when several DAGs do the same thing with other arguments: here, copy what a query finds into a
table, in batches of one INSERT each and in one transaction. Its fields are templates, its query stands in a file.
Use a factory when several DAGs need the same tasks: here, one check for each condition that the data must meet.

Not for a thing that one DAG does (a task function is shorter), and not where source and target are one database:
`INSERT ... SELECT` needs no operator that carries rows.

What goes wrong easily:

- A commit after each batch leaves half of the rows behind when a later batch fails.
- An operator's argument named `retry_delay`, `pool`, `queue` ... takes the place of Airflow's own.
- A field that is not in `template_fields` keeps its braces, and an operator that changes its fields in `__init__`
  changes the template instead of the value.
- `SQLCheckOperator` passes when every value is true: a query that counts mistakes passes only if there are some.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import Param, chain, dag
from common.factories.sql_checks import NOT_EMPTY, no_nulls, sql_checks, unique
from common.operators.batched_load import BatchedLoadOperator
from common.shop import LOCAL_DAY, TIMEZONE

CHECKS = {"has_orders": NOT_EMPTY, "order_ids": unique("order_id"), "products": no_nulls("product")}


@dag(
    description="Each day's orders from the shop's database into the warehouse's, checked there",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    params={"cancelled_too": Param(default=False, type="boolean", description="Load cancelled orders as well")},
    doc_md=__doc__,
    tags=["reference", "components"],
)
def orders_warehouse() -> None:
    """Load, then check what was loaded."""
    load = BatchedLoadOperator(
        task_id="load_orders",
        source_conn_id="shop_db",
        sql="sql/orders_of_day.sql",
        parameters={"day": LOCAL_DAY},
        target_conn_id="warehouse_db",
        target_table="order_facts",
        replace_where="day = %(day)s",
        batch_size=10,
    )
    checks = sql_checks(CHECKS, table="order_facts", where=f"day = '{LOCAL_DAY}'", conn_id="warehouse_db")
    chain(load, checks)


orders_warehouse()
