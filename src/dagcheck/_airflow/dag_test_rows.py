"""Reads what a run left in the metadata DB, and in a store of XComs, as plain data."""

from __future__ import annotations

from typing import Any

from dagcheck._airflow import stores, versions
from dagcheck._airflow.xcoms import of_run

TaskStates = dict[tuple[str, int], "str | None"]  # by task id and map index; -1 for a task that is not mapped
XComs = dict[tuple[str, int], dict[str, Any]]  # key to value


def states(dag: Any, run_id: str) -> TaskStates:
    """Return the state of every task instance of the run."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    columns = (TaskInstance.task_id, TaskInstance.map_index, TaskInstance.state)
    with create_session() as session:
        rows = session.query(*columns).filter_by(dag_id=dag.dag_id, run_id=run_id).all()
    return {(task_id, map_index): word(state) for task_id, map_index, state in sorted(rows, key=_id)}


def xcoms(dag: Any, run_id: str) -> XComs:
    """Return every XCom of the run, its value as a task would pull it."""
    table = stores.xcoms()
    return _in_the_database(dag, run_id) if table is None else of_run(table, dag.dag_id, run_id)


def _in_the_database(dag: Any, run_id: str) -> XComs:
    from airflow.utils.session import create_session

    found: XComs = {}
    model, backend = _xcom_classes()
    # columns: a whole row of 2.x comes with its value half deserialised (models/xcom.py, `init_on_load`)
    columns = (model.task_id, model.map_index, model.key, model.value)
    with create_session() as session:
        for row in session.query(*columns).filter(model.dag_id == dag.dag_id, model.run_id == run_id):
            found.setdefault((row.task_id, row.map_index), {})[row.key] = backend.deserialize_value(row)
    return found


def word(state: Any) -> str | None:
    """Return Airflow's word for a state: its enumerations show themselves in two ways."""
    return None if state is None else str(getattr(state, "value", state))


def _id(row: Any) -> tuple[str, int]:
    return row[0], row[1]


def _xcom_classes() -> tuple[Any, Any]:
    """The ORM class, and the backend that is configured."""
    if versions.at_least(3, 0):
        from airflow.models.xcom import XComModel
        from airflow.sdk.execution_time.xcom import XCom as Backend

        return XComModel, Backend
    from airflow.models.xcom import XCom

    return XCom, XCom
