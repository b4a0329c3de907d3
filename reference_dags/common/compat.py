"""The names that the reference DAGs need and that moved between Airflow versions.

A team on Airflow 3 alone needs no such module: it imports these names from where the first branch finds them.
"""

from __future__ import annotations

import inspect

try:
    from airflow.sdk import (
        Asset,
        BaseOperator,
        Param,
        TaskGroup,
        Variable,
        chain,
        cross_downstream,
        dag,
        setup,
        task,
        task_group,
        teardown,
    )
except ImportError:  # Airflow 2
    from airflow.datasets import Dataset as Asset
    from airflow.decorators import dag, setup, task, task_group, teardown
    from airflow.models import BaseOperator, Param, Variable
    from airflow.models.baseoperator import chain, cross_downstream
    from airflow.utils.task_group import TaskGroup

try:
    from airflow.sdk import BaseHook, BaseNotifier
except ImportError:  # before Airflow 3.1
    from airflow.hooks.base import BaseHook
    from airflow.notifications.basenotifier import BaseNotifier

try:
    from airflow.sdk.bases.sensor import BaseSensorOperator, PokeReturnValue
    from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
except ImportError:  # Airflow 2; on 3.0 the exceptions alone
    from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
    from airflow.sensors.base import BaseSensorOperator, PokeReturnValue

try:
    from airflow.providers.standard.hooks.filesystem import FSHook
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
    from airflow.providers.standard.sensors.filesystem import FileSensor
    from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
except ImportError:  # Airflow 2 without the standard provider
    from airflow.hooks.filesystem import FSHook
    from airflow.operators.bash import BashOperator
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator, PythonOperator
    from airflow.sensors.filesystem import FileSensor
    from airflow.triggers.temporal import TimeDeltaTrigger


def instances_named(template: str) -> dict[str, str]:
    """Return the argument that names a mapped task's instances; before Airflow 2.9 they have numbers alone."""
    known = "map_index_template" in inspect.signature(BaseOperator.__init__).parameters
    return {"map_index_template": template} if known else {}


__all__ = [
    "AirflowException",
    "AirflowFailException",
    "AirflowSkipException",
    "Asset",
    "BaseHook",
    "BaseNotifier",
    "BaseOperator",
    "BaseSensorOperator",
    "BashOperator",
    "BranchPythonOperator",
    "EmptyOperator",
    "FSHook",
    "FileSensor",
    "Param",
    "PokeReturnValue",
    "PythonOperator",
    "TaskGroup",
    "TimeDeltaTrigger",
    "Variable",
    "chain",
    "cross_downstream",
    "dag",
    "instances_named",
    "setup",
    "task",
    "task_group",
    "teardown",
]
