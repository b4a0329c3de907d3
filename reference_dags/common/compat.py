"""The names that the reference DAGs need and that moved between Airflow versions.

A team on Airflow 3 alone needs no such module: it imports these names from where the first branch finds them.
"""

from __future__ import annotations

try:
    from airflow.sdk import Asset, Param, TaskGroup, chain, dag, task
except ImportError:  # Airflow 2
    from airflow.datasets import Dataset as Asset
    from airflow.decorators import dag, task
    from airflow.models import Param
    from airflow.models.baseoperator import chain
    from airflow.utils.task_group import TaskGroup

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
except ImportError:  # Airflow 2 without the standard provider
    from airflow.operators.empty import EmptyOperator

__all__ = ["Asset", "EmptyOperator", "Param", "TaskGroup", "chain", "dag", "task"]
