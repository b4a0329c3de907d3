"""Reports SubDAGs, which Airflow 3 does not have any more."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.registry import Settings, check
from dagcheck.checks.subjects import at_task
from dagcheck.findings import Finding, Level
from dagcheck.spec import DagSpec


@check("subdag", Level.WARNING, "Structure", "dag")
def subdag(dag: DagSpec, _: Settings) -> Iterator[Finding]:
    """A SubDagOperator should be a TaskGroup.

    On Airflow 3 the import itself fails, which import-error reports as an error.

    Why: Airflow 3 has no SubDAGs. On Airflow 2 a SubDAG is a run of its own that holds a worker slot while it waits,
    and can block a pool for good.

    Fix: Put its tasks into a TaskGroup: the same box in the graph, and the tasks are ordinary tasks of the DAG.

    Bad:
        from airflow.operators.subdag import SubDagOperator

        load = SubDagOperator(task_id="load", subdag=load_tables("orders.load"))

    Good:
        from airflow.utils.task_group import TaskGroup  # airflow.sdk on Airflow 3

        with TaskGroup("load"):
            load_tables()
    """
    for task in dag.tasks:
        if task.operator == "SubDagOperator":
            yield Finding(
                check="subdag",
                **at_task(dag, task),
                what="a SubDagOperator, which Airflow 3 does not have",
                why="a SubDAG holds a worker slot while it waits for its own tasks, and can block its pool for good",
                fix=f"use a TaskGroup {task.task_id.rpartition('.')[2]!r} that holds the SubDAG's tasks",
            )
