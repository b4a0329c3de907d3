"""E10: an alert when a run is not done in time, from Airflow 3.1; before that this file has no DAG.

Use it for runs that somebody waits for: the scheduler watches the clock, so it is also told when nothing runs at all,
which no callback of a task can do. Until 2.11 an SLA did this, see `legacy/sla_miss.py`; 3.0 has neither.

Not for a single task that must not take long (`execution_timeout` ends it), and not for stopping a run
(`dagrun_timeout`).

The callback is called by the triggerer and must be importable there, by its path; `default_args` is the wrong place for
it, since a deadline is the DAG's.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.notifiers.deadline import tell_run_is_late
from common.shop import TIMEZONE, local_day, orders_of, revenue

try:
    from airflow.sdk.definitions.deadline import AsyncCallback, DeadlineAlert, DeadlineReference
except ImportError:  # before Airflow 3.1
    DeadlineAlert = None

ALLOWED = timedelta(hours=2)


@task
def close_the_day(data_interval_start: datetime | None = None) -> int:
    """Return the revenue of the day, in cents."""
    return revenue(orders_of(local_day(data_interval_start)))


if DeadlineAlert is not None:

    @dag(
        description="Closes the day, within two hours of being queued",
        schedule=CronDataIntervalTimetable("0 7 * * *", timezone=TIMEZONE),
        start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
        catchup=False,
        deadline=DeadlineAlert(
            reference=DeadlineReference.DAGRUN_QUEUED_AT,
            interval=ALLOWED,
            callback=AsyncCallback(tell_run_is_late, {"dag_name": "deadline_alert", "allowed": str(ALLOWED)}),
        ),
        default_args={
            "owner": "finance-data",
            "retries": 1,
            "retry_delay": timedelta(minutes=5),
            "execution_timeout": timedelta(minutes=30),
        },
        doc_md=__doc__,
        tags=["reference", "observability"],
    )
    def deadline_alert() -> None:
        """One task."""
        close_the_day()

    deadline_alert()
