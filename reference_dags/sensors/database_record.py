"""D12: wait for the rows of a date in a database.

Use it when another system fills a table and tells nobody. The date is a template, so each run waits for its own rows,
also when it is cleared a week later.

Not for a table that the same Airflow fills: an asset or an ExternalTaskSensor says so without asking the database.

The date goes into `parameters`, quoted by the driver. In a custom sensor an attribute is rendered only if
`template_fields` names it; without that, the database is asked for the text of the template itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.sensors.database_record import DatabaseRecordSensor
from common.shop import TIMEZONE

LOCAL_DAY = "{{ data_interval_start.in_timezone('Europe/Amsterdam').to_date_string() }}"


@task
def summarise(day: str) -> dict[str, Any]:
    """Count the day's orders and products."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    sql = "SELECT count(*), count(DISTINCT product) FROM shop_orders WHERE day = %(day)s"
    orders, products = PostgresHook(postgres_conn_id="shop_db").get_first(sql, parameters={"day": day})
    return {"day": day, "orders": orders, "products": products}


@dag(
    description="Summarises a day's orders once ten of them are in the database",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "sensors"],
)
def database_record() -> None:
    """Wait, then summarise."""
    wait = DatabaseRecordSensor(
        task_id="wait_for_orders",
        conn_id="shop_db",
        sql="SELECT count(*) FROM shop_orders WHERE day = %(day)s AND quantity > 0",
        parameters={"day": LOCAL_DAY},
        at_least=10,
        mode="reschedule",
        poke_interval=600,
        timeout=12 * 3_600,
    )
    wait >> summarise(LOCAL_DAY)


database_record()
