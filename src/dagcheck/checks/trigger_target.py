"""Reports tasks that start a DAG that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dagcheck.checks.folder import Folder, is_templated
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.subjects import at_task
from dagcheck.checks.wording import name
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@check("trigger-target", Level.ERROR, "Across DAGs", "folder")
def trigger_target(records: Iterable[FileRecord], settings: Settings) -> Iterator[Finding]:
    """A TriggerDagRunOperator must name a DAG that is there.

    DAGs of other repositories are declared with `[tool.dagcheck] external_dags`. Ids that are templates are not
    looked at.

    Why: The task fails in every run: Airflow has no DAG of that id to start.

    Fix: Correct the id, or declare the DAG as external.

    Bad:
        from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

        start = TriggerDagRunOperator(task_id="start", trigger_dag_id="daily_oders")

    Good:
        from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

        start = TriggerDagRunOperator(task_id="start", trigger_dag_id="daily_orders")
    """
    folder = Folder(records, settings)
    for dag, task in folder.tasks():
        for ref in task.triggers:
            if not ref.task_ids and not is_templated(ref.dag_id) and folder.lacks(ref.dag_id):
                yield Finding(
                    check="trigger-target",
                    **at_task(dag, task),
                    what=f"starts the DAG {name(ref.dag_id)}, which is not there",
                    why="the task fails in every run",
                    fix=folder.hint(ref.dag_id),
                )
