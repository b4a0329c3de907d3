"""C7, E15: a task group where there used to be a SubDAG; the same steps, the same box in the graph, on every version.

Use it whenever a SubDAG is in the way of Airflow 3: what built the SubDAG's tasks builds the group's, and dependencies
of the SubDagOperator become dependencies of the group. `legacy/subdag.py` has the same steps as a SubDAG.

Not where the steps need a schedule or a concurrency limit of their own: that is a DAG, started by a
TriggerDagRunOperator or by an asset.

What changes with it: the tasks belong to the DAG's own run, so they count against its limits, are cleared with it, and
share its pools; nothing holds a worker slot only to wait for them. Their ids become `stocktaking.collect`; in a SubDAG
they were `collect` of another DAG, which matters to whoever pulls their XComs.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import EmptyOperator, TaskGroup, chain, dag
from common.shop import TIMEZONE
from common.stocktaking import stocktaking_tasks


@dag(
    description="Stocktaking as a task group, where a SubDAG used to be",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "warehouse-team",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "groups"],
)
def group_instead_of_subdag() -> None:
    """Wire start >> stocktaking >> end."""
    with TaskGroup("stocktaking", tooltip="What was a SubDAG") as stocktaking:
        stocktaking_tasks()
    chain(EmptyOperator(task_id="start"), stocktaking, EmptyOperator(task_id="end"))


group_instead_of_subdag()
