"""Reports tasks that wait for, or clear, a task that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dagcheck.checks.folder import Folder, is_templated
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.subjects import at_task
from dagcheck.checks.wording import name
from dagcheck.errors import nearest
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec, ExternalRef, TaskSpec


@check("external-task", Level.ERROR, "Across DAGs", "folder")
def external_task(records: Iterable[FileRecord], settings: Settings) -> Iterator[Finding]:
    """An ExternalTaskSensor or ExternalTaskMarker must name a DAG, and tasks of it, that are there.

    DAGs of other repositories are declared with `[tool.dagcheck] external_dags`. Ids that are templates are not
    looked at.

    Why: The sensor waits until its timeout, in every run, for something that never comes.

    Fix: Correct the id, or declare the DAG as external.

    Bad:
        from airflow.providers.standard.sensors.external_task import ExternalTaskSensor

        wait = ExternalTaskSensor(task_id="wait", external_dag_id="daily_oders", external_task_id="load")

    Good:
        from airflow.providers.standard.sensors.external_task import ExternalTaskSensor

        wait = ExternalTaskSensor(task_id="wait", external_dag_id="daily_orders", external_task_id="load")
    """
    folder = Folder(records, settings)
    for dag, task in folder.tasks():
        for ref in (*task.waits_for, *(ref for ref in task.triggers if ref.task_ids)):
            yield from _wrong(folder, dag, task, ref)


def _wrong(folder: Folder, dag: DagSpec, task: TaskSpec, ref: ExternalRef) -> Iterator[Finding]:
    marker = ref in task.triggers
    if is_templated(ref.dag_id):
        return
    if folder.lacks(ref.dag_id):
        yield Finding(
            check="external-task",
            **at_task(dag, task),
            what=f"{'clears' if marker else 'waits for'} the DAG {name(ref.dag_id)}, which is not there",
            why="clearing it has no effect" if marker else "it waits until its timeout, in every run",
            fix=folder.hint(ref.dag_id),
        )
        return
    other = folder.dags.get(ref.dag_id)
    for task_id in ref.task_ids if other else ():
        if other and task_id not in other.task_ids and not is_templated(task_id):
            close = nearest(task_id, other.task_ids)
            yield Finding(
                check="external-task",
                **at_task(dag, task),
                what=f"{'clears' if marker else 'waits for'} the task {name(task_id)} of {name(ref.dag_id)}, which "
                "has no such task",
                why="clearing it has no effect" if marker else "it waits until its timeout, in every run",
                fix=f"write {name(close)} if that was meant" if close else f"name a task of {name(ref.dag_id)}",
            )
