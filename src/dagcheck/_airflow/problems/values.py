"""The arguments that an operator was given, and the texts in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dagcheck._airflow.attributes import plain_text, read
from dagcheck._airflow.classes import airflow_bases

_DEEPEST = 6
_MOST = 1000  # texts of one argument


def constructor_arguments(task: Any) -> dict[str, Any]:
    """Return what the operator was called with, defaults of the DAG included; of a mapped one its `partial` arguments.

    `BaseOperator` of every version keeps them as `_BaseOperator__init_kwargs` (models/baseoperator.py,
    sdk/bases/operator.py), for `expand`.
    """
    if "MappedOperator" in airflow_bases(type(task)):
        partial = read(task, "partial_kwargs")
        return dict(partial) if isinstance(partial, dict) else {}
    given = read(task, "_BaseOperator__init_kwargs")
    return {key: value for key, value in given.items() if isinstance(key, str)} if type(given) is dict else {}


def texts_in(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield every text in a value, nested containers included, with its path such as `op_kwargs.password`."""
    waiting = [(path, value, 0)]
    for _ in range(_MOST):
        if not waiting:
            return
        where, one, depth = waiting.pop()
        if isinstance(one, str):
            yield where, plain_text(one) or ""
        elif depth < _DEEPEST and type(one) is dict:
            waiting += [(f"{where}.{key}", item, depth + 1) for key, item in one.items() if isinstance(key, str)]
        elif depth < _DEEPEST and type(one) in (list, tuple, set, frozenset):
            waiting += [(where, item, depth + 1) for item in one]
