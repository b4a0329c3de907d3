"""C7: a SubDAG, as Airflow 2 has it; on Airflow 3 this file has no DAG.

Use it never for something new, and replace it where it is: `groups/group_instead_of_subdag.py` does the same with a
task group, on every version. It is here to show that both have the same steps.

A SubDAG is a DAG of its own whose id must be that of its parent, a dot, and the id of the task. Its operator waits like
a sensor, with a worker slot in hand; with mode `reschedule` it gives the slot back meanwhile. It must start and be
scheduled as its parent, and is started by the operator alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import EmptyOperator, chain, dag
from common.shop import TIMEZONE
from common.stocktaking import stocktaking_tasks

try:
    from airflow.operators.subdag import SubDagOperator
except ImportError:  # Airflow 3
    SubDagOperator = None

SETTINGS: dict[str, Any] = {
    "schedule": CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    "start_date": pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    "catchup": False,
    "default_args": {
        "owner": "warehouse-team",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    "doc_md": __doc__,
    "tags": ["reference", "legacy"],
}

if SubDagOperator is not None:

    @dag(description="Stocktaking as a SubDAG", **SETTINGS)
    def legacy_subdag() -> None:
        """Wire start >> stocktaking >> end."""
        steps = dag("legacy_subdag.stocktaking", description="The steps of the SubDAG", **SETTINGS)(stocktaking_tasks)
        child = steps()  # dagcheck: ignore[naming, unused-ignore] a SubDAG's id has a dot, and Airflow 3 has no SubDAG
        stocktaking = SubDagOperator(
            # dagcheck: ignore[deprecated-api, subdag, unused-ignore] C7 is about it, and Airflow 3 does not have it
            task_id="stocktaking",
            subdag=child,
            mode="reschedule",
        )
        chain(EmptyOperator(task_id="start"), stocktaking, EmptyOperator(task_id="end"))

    legacy_subdag()
