"""E19: a load that leaves the same rows however often, and in whatever order, its dates are run.

Use it as the shape of every scheduled load. A run works on its own data interval and on nothing else, never on
the clock; it replaces the rows of that interval, in one transaction; it reads only what the interval contains. Then a
retry, a cleared task, a correction of the source and a backfill of any range all end in the rows that a first run
would have written.

Earlier dates are run on purpose, by a backfill (`airflow backfill create`, on 2 `airflow dags backfill`), several at a
time: `catchup=True` would start them all on the day of the first deployment.

Not for figures that build on the day before (a running total): there a backfill must go in order, so set
`depends_on_past=True` and `max_active_runs=1`, or compute the total in a view.

What goes wrong easily:

- An INSERT without a DELETE doubles the rows with every rerun.
- DELETE and INSERT in two transactions show a day without rows in between, and leave it so after a failure.
- A day that has lost all its orders must lose its rows, too: an upsert alone would keep the old ones.
- `now()` or `CURRENT_DATE` in the query makes a backfill write today's figures under yesterday's date.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag
from common.operators.batched_load import BatchedLoadOperator
from common.shop import LOCAL_DAY, TIMEZONE

REVENUE = """
    SELECT day, region, count(*) AS orders, sum(cents) AS cents
    FROM shop_sales
    WHERE day = %(day)s
    GROUP BY day, region
    ORDER BY region
"""


@dag(
    description="Each day's revenue by region, the same rows however often it runs",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=4,
    default_args={
        "owner": "finance-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "components"],
)
def idempotent_revenue() -> None:
    """Replace the day's rows."""
    BatchedLoadOperator(
        task_id="replace_day",
        source_conn_id="shop_db",
        sql=REVENUE,
        parameters={"day": LOCAL_DAY},
        target_conn_id="warehouse_db",
        target_table="daily_revenue",
        replace_where="day = %(day)s",
    )


idempotent_revenue()
