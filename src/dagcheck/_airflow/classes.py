"""Where the installed version keeps the classes that DAG files are made of.

Static imports inside functions: nothing here costs anything before Airflow is wanted, and tools can see them.
"""

from __future__ import annotations

import functools
from typing import Any

from dagcheck._airflow import versions


def dag_class() -> Any:
    """The class of every DAG object: models/dag.py on 2.x, the SDK's since 3.0."""
    if versions.at_least(3, 0):
        from airflow.sdk.definitions.dag import DAG as SDK_DAG

        return SDK_DAG
    from airflow.models.dag import DAG

    return DAG


def dag_context() -> Any:
    """The stack of `with DAG` blocks, which also registers DAGs."""
    if versions.at_least(3, 0):
        from airflow.sdk.definitions._internal.contextmanager import DagContext as SDKDagContext

        return SDKDagContext
    from airflow.models.dag import DagContext

    return DagContext


def task_group_context() -> Any:
    """The stack of `with TaskGroup` blocks."""
    if versions.at_least(3, 0):
        from airflow.sdk.definitions._internal.contextmanager import TaskGroupContext as SDKTaskGroupContext

        return SDKTaskGroupContext
    from airflow.utils.task_group import TaskGroupContext

    return TaskGroupContext


def exceptions() -> Any:
    """The module that has what a task raises to be skipped or to fail; 3.2 and later warn of the old place."""
    if versions.at_least(3, 2):
        from airflow.sdk import exceptions as sdk_exceptions

        return sdk_exceptions
    from airflow import exceptions as core_exceptions

    return core_exceptions


def abstract_operator() -> Any:
    """The common base of plain and mapped operators."""
    if versions.at_least(3, 0):
        from airflow.sdk.definitions._internal.abstractoperator import AbstractOperator as SDKAbstractOperator

        return SDKAbstractOperator
    from airflow.models.abstractoperator import AbstractOperator

    return AbstractOperator


def mapped_operator() -> Any:
    """What `expand` makes."""
    if versions.at_least(3, 0):
        from airflow.sdk.definitions.mappedoperator import MappedOperator as SDKMappedOperator

        return SDKMappedOperator
    from airflow.models.mappedoperator import MappedOperator

    return MappedOperator


def task_group() -> Any:
    """The class of task groups; every DAG makes one as its root."""
    if versions.at_least(3, 0):
        from airflow.sdk.definitions.taskgroup import TaskGroup as SDKTaskGroup

        return SDKTaskGroup
    from airflow.utils.task_group import TaskGroup

    return TaskGroup


def airflow_bases(cls: type) -> frozenset[str]:
    """Names of the classes of Airflow (or of a provider) that `cls` is or derives from.

    Names, because one class has up to three homes (core, standard provider, SDK), and importing each of them to ask
    isinstance would cost more than the whole spec.
    """
    # only Airflow's own are remembered: those of a DAG file go with it
    return _known_bases(cls) if str(cls.__module__).startswith("airflow.") else _airflow_bases(cls)


def _airflow_bases(cls: type) -> frozenset[str]:
    return frozenset(c.__name__ for c in cls.__mro__ if str(c.__module__).startswith("airflow."))


_known_bases = functools.lru_cache(maxsize=512)(_airflow_bases)
