"""How mapped tasks and mapped groups are expanded, as plain lengths."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from dagcheck._airflow import versions
from dagcheck._airflow.classes import mapped_operator
from dagcheck.running.lengths import Combined, Expansion, Known, Length, OutputOf


def of_task(task: Any) -> Expansion | None:
    """Return how a task is mapped by itself; None if it is not."""
    if not isinstance(task, mapped_operator()):
        return None
    return _expansion(task._get_specified_expand_input())  # noqa: SLF001 -- either of two fields, by kind of operator


def of_group(group: Any) -> Expansion:
    """Return how a mapped task group is mapped."""
    return _expansion(group._expand_input)  # noqa: SLF001 -- no other way to it


def _expansion(expand_input: Any) -> Expansion:
    referred = (operator.task_id for operator, _ in expand_input.iter_references())
    return Expansion(_input_length(expand_input.value), tuple(dict.fromkeys(referred)))


def _input_length(value: Any) -> Length:
    """`expand` holds a dict of what each argument is mapped over, `expand_kwargs` one list or XComArg."""
    if isinstance(value, dict):
        return Combined("product", tuple(_length(one) for one in value.values()))
    return _length(value)


def _length(value: Any) -> Length:
    """As get_task_map_length of each class (models/xcom_arg.py, since 3.0 in sdk/definitions/xcom_arg.py)."""
    plain, mapped, zipped, concatenated = _xcom_args()
    if isinstance(value, plain):
        return OutputOf(value.operator.task_id)
    if isinstance(value, mapped):
        return _length(value.arg)
    if isinstance(value, zipped):
        shortest = type(value.fillvalue).__name__ == "ArgNotSet"
        return Combined("shortest" if shortest else "longest", tuple(_length(arg) for arg in value.args))
    if isinstance(value, concatenated):
        return Combined("sum", tuple(_length(arg) for arg in value.args))
    if isinstance(value, Sized):
        return Known(len(value))
    raise TypeError(f"mapped over {type(value).__name__}, whose length is nowhere to be found")


def _xcom_args() -> tuple[Any, Any, Any, Any]:
    if versions.at_least(3, 0):
        from airflow.sdk.definitions import xcom_arg as sdk

        return sdk.PlainXComArg, sdk.MapXComArg, sdk.ZipXComArg, sdk.ConcatXComArg
    from airflow.models import xcom_arg as models

    concatenated = getattr(models, "ConcatXComArg", ())  # since 2.10
    return models.PlainXComArg, models.MapXComArg, models.ZipXComArg, concatenated
