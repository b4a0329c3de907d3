"""E10: an SLA on a task, as Airflow 2 has it; on Airflow 3 this file has no DAG.

Use it never for something new: Airflow 3.0 took SLAs away, and 3.1 brought deadlines
(`observability/deadline_alert.py`).

An SLA counts from the end of the run's data interval, not from the start of the task, and only scheduled runs have one.
`sla` belongs to tasks; `sla_miss_callback` belongs to the DAG, and in `default_args` it is never called. It takes five
arguments, not a context.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow import __version__
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE, local_day, orders_of, revenue


def tell_sla_miss(dag: Any, task_list: str, _blocking: str, slas: list[Any], _blocking_tis: list[Any]) -> None:
    """Tell Slack which tasks of which runs are late."""
    from common.notifiers.slack import send

    dates = ", ".join(sorted({str(getattr(sla, "execution_date", "")) for sla in slas}))
    send(f":hourglass: {dag.dag_id} is late\n*Runs*: {dates}\n*Tasks*: {', '.join(task_list.split())}")


@task
def close_the_day(data_interval_start: datetime | None = None) -> int:
    """Return the revenue of the day, in cents."""
    return revenue(orders_of(local_day(data_interval_start)))


if __version__ < "3":

    @dag(
        description="Closes the day, with an SLA of two hours",
        schedule=CronDataIntervalTimetable("0 7 * * *", timezone=TIMEZONE),
        start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
        catchup=False,
        sla_miss_callback=tell_sla_miss,
        default_args={
            "owner": "finance-data",
            "retries": 1,
            "retry_delay": timedelta(minutes=5),
            "execution_timeout": timedelta(minutes=30),
            "sla": timedelta(hours=2),
        },
        doc_md=__doc__,
        tags=["reference", "legacy"],
    )
    def sla_miss() -> None:
        """One task."""
        close_the_day()

    sla_miss()
