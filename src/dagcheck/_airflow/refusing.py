"""What Airflow refuses of a file that loaded: all that bagging a DAG checks, but for cycles.

Follows `_process_modules` and `_bag_dag` of models/dagbag.py (2.7 to 2.11), `_process_modules` and `bag_dag` there
(3.0, 3.1), `process_file` and `bag_dag` of dag_processing/dagbag.py (3.2, 3.3). Cycles are found by
`dagcheck.spec.find_cycle`, with the whole path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagcheck._airflow import versions
from dagcheck._airflow.attributes import text
from dagcheck._airflow.creation import CreationLog
from dagcheck.record import Refusal

if TYPE_CHECKING:
    from dagcheck._airflow.loading import Loaded

DUPLICATE = "AirflowDagDuplicatedIdException"
SKIPPED = "AirflowClusterPolicySkipDag"  # left out by a cluster policy: no mistake


def refusals(loaded: Loaded, log: CreationLog) -> list[Refusal]:
    """Do to each DAG what the DagBag does, and return what it would have refused; DAGs are changed as by the DagBag.

    `type` is the exception's bare name, because its module moves between versions. A DAG that a cluster policy leaves
    out comes as `AirflowClusterPolicySkipDag`. Of two DAGs of one file with one id Airflow silently drops one; here
    the later one is refused.
    """
    refused = []
    taken: dict[str, Any] = {}
    for dag in loaded.dags:
        error = _refusal(dag)
        if error is not None:
            refused.append(_told(dag, log, type(error).__name__, _text(error)))
        elif _id(dag) in taken:
            refused.append(_told(dag, log, DUPLICATE, _duplicate(dag, taken[_id(dag)], log)))
        else:
            taken[_id(dag)] = dag
    return refused


def _refusal(dag: Any) -> BaseException | None:
    try:
        dag.validate()
        _check_executors(dag)
        dag.resolve_template_files()
        _apply_policies(dag)
    except BaseException as error:  # noqa: BLE001 -- Airflow refuses the DAG, or would end; here other DAGs go on
        return error
    return None


def _check_executors(dag: Any) -> None:
    """2.10 to 3.0 do this in `DAG.validate` of models/dag.py, 3.1 in models/dagbag.py, 3.2 and 3.3 in dag_processing.

    Before 2.10 a task names no executor; 3.0 lets a DAG of airflow.sdk, which `airflow.DAG` is not there, pass.
    """
    if not any(getattr(task, "executor", None) for task in dag.tasks):  # spares everybody the import
        return
    if versions.at_least(3, 2):
        from airflow.dag_processing import dagbag

        dagbag._validate_executor_fields(dag)  # noqa: SLF001 -- Airflow has no public way
    elif versions.at_least(3, 1):
        from airflow.models import dagbag as models_dagbag

        models_dagbag._validate_executor_fields(dag)  # noqa: SLF001 -- Airflow has no public way


def _apply_policies(dag: Any) -> None:
    from airflow import settings
    from airflow.exceptions import (
        AirflowClusterPolicyError,
        AirflowClusterPolicySkipDag,
        AirflowClusterPolicyViolation,
    )

    try:
        settings.dag_policy(dag)
        for task in dag.tasks:
            _check_listeners(task)
            settings.task_policy(task)
    except (AirflowClusterPolicyViolation, AirflowClusterPolicySkipDag):
        raise
    except Exception as error:
        raise AirflowClusterPolicyError(error) from error


def _check_listeners(task: Any) -> None:
    """2.10 and later; told as the mistake of a policy there too."""
    if not getattr(task, "end_from_trigger", False) or not versions.at_least(2, 10):
        return
    from airflow.listeners.listener import get_listener_manager

    if get_listener_manager().has_listeners:
        raise ValueError(
            f"task {task.task_id} has end_from_trigger=True, which Airflow does not support beside the listeners of a "
            "plugin"
        )


def _duplicate(dag: Any, first: Any, log: CreationLog) -> str:
    where = log.location_of(first)
    line = f" (the other one is made at {where[0]}:{where[1]})" if where else ""
    return f"two DAGs of this file have the id {_id(dag)!r}{line}; Airflow keeps one of them only"


def _told(dag: Any, log: CreationLog, kind: str, message: str) -> Refusal:
    return Refusal(dag_id=_id(dag), type=kind, message=message, line=log.line_in(dag, text(dag, "fileloc") or ""))


def _id(dag: Any) -> str:
    return text(dag, "dag_id") or ""


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # noqa: BLE001 -- an exception class of the user's may fail here
        return ""
