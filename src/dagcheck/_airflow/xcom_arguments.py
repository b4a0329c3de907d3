"""Which tasks' XComs a task is given as arguments."""

from __future__ import annotations

from typing import Any

from dagcheck._airflow import versions
from dagcheck._airflow.classes import mapped_operator


def xcom_sources(task: Any) -> tuple[str, ...]:
    """Return the ids of the tasks whose XComs are in the templated or mapped arguments of a task, sorted.

    As `XComArg.iter_xcom_references` finds them (models/xcom_arg.py, since 3.0 sdk/definitions/xcom_arg.py), which
    looks into a plain operator's own template fields, but not into what a mapped one keeps for later.
    """
    mapped = mapped_operator() in type(task).__mro__
    # a mapped task's input is in either of two fields, by kind of operator
    given = [task.partial_kwargs, task._get_specified_expand_input()] if mapped else task  # noqa: SLF001
    return tuple(sorted({operator.task_id for operator, _ in _xcom_arg().iter_xcom_references(given)}))


def _xcom_arg() -> Any:
    if versions.at_least(3, 0):
        from airflow.sdk import XComArg as SDKXComArg

        return SDKXComArg
    from airflow.models.xcom_arg import XComArg

    return XComArg
