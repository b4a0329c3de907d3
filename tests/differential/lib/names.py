"""The names of Airflow that moved between its versions."""

from __future__ import annotations

from typing import Any

from dagcheck._airflow.versions import at_least

if at_least(3, 0):
    from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
    from airflow.providers.standard.operators.weekday import BranchDayOfWeekOperator
    from airflow.sdk import DAG, TaskGroup, task_group
else:
    from airflow import DAG
    from airflow.decorators import task_group
    from airflow.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
    from airflow.operators.weekday import BranchDayOfWeekOperator
    from airflow.utils.task_group import TaskGroup

if at_least(3, 1):
    from airflow.sdk import TriggerRule
else:
    from airflow.utils.trigger_rule import TriggerRule

if at_least(3, 2):
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
else:
    from airflow.exceptions import AirflowFailException, AirflowSkipException


def fail_fast() -> dict[str, Any]:
    """Return the argument of a DAG that stops at its first failure."""
    return {"fail_fast": True} if at_least(3, 0) else {"fail_stop": True}


__all__ = [
    "DAG", "AirflowFailException", "AirflowSkipException", "BranchDayOfWeekOperator", "BranchPythonOperator",
    "PythonOperator", "ShortCircuitOperator", "TaskGroup", "TriggerRule", "fail_fast",
    "task_group",
]  # fmt: skip
