"""E13 (ELT in the warehouse): raw data goes in as it is, and SQL in the warehouse does the rest.

Use it where the warehouse is stronger than the workers, which is nearly always: no row leaves it. The models are files
of SQL, reviewed as such, and plain enough to be tried on another engine.

Not for what SQL cannot say (a model, an API), and not where raw data must not be kept.

Easy to get wrong: DELETE and INSERT as two tasks leave a day empty for readers when the second fails; here they are one
transaction (`autocommit` off, both statements in one file). Models chained by time (`0 2`, `0 3`) read what is not
ready; here they are chained by dependency. A model without a check passes on whatever went in.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLExecuteQueryOperator
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag
from common.shop import TIMEZONE

DAY = "{{ data_interval_start.in_timezone('Europe/Amsterdam').date() }}"
LANDED = f"SELECT count(*) > 0 FROM raw_orders WHERE day = '{DAY}'"  # noqa: S608 - the date is Airflow's own
COMPLETE = f"""
SELECT count(*) = 0 FROM raw_orders LEFT JOIN raw_prices ON raw_prices.product = raw_orders.product
WHERE day = '{DAY}' AND raw_prices.product IS NULL
"""  # noqa: S608


@dag(
    description="Facts and a report from raw orders, by SQL inside the warehouse",
    schedule=CronDataIntervalTimetable("0 4 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "warehouse",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=1),
        "conn_id": "analytics_warehouse",
    },
    doc_md=__doc__,
    tags=["reference", "warehouse"],
)
def elt_in_warehouse() -> None:
    """Check what has landed, then model after model."""
    check_landed = SQLCheckOperator(task_id="check_landed", sql=LANDED)
    check_prices = SQLCheckOperator(task_id="check_prices", sql=COMPLETE)
    build_facts = SQLExecuteQueryOperator(
        task_id="build_facts", sql="sql/elt_facts.sql", split_statements=True, autocommit=False
    )
    build_report = SQLExecuteQueryOperator(
        task_id="build_report", sql="sql/elt_report.sql", split_statements=True, autocommit=False
    )
    [check_landed, check_prices] >> build_facts >> build_report


elt_in_warehouse()
