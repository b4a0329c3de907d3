"""Whether the arguments of a PythonOperator fit its callable.

As `PythonOperator.execute` and `KeywordParameters.determine` pass them (2.x airflow/operators/python.py and
airflow/utils/operator_helpers.py, 3.x sdk/bases/decorator.py): op_args by position, the context's keys and op_kwargs by
name, as far as the callable has a parameter of that name, or all of them if it takes `**kwargs`.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator
from typing import Any

from dagcheck._airflow.attributes import read
from dagcheck._airflow.classes import airflow_bases
from dagcheck._airflow.context_keys import known_keys, removed_keys
from dagcheck._airflow.problems.subject import Subject
from dagcheck.record import Problem

# Those bind when the DAG is built, or run in another interpreter.
_ELSEWHERE = frozenset({"MappedOperator", "PythonVirtualenvOperator", "ExternalPythonOperator",
                        "_BasePythonVirtualenvOperator"})  # fmt: skip
_OTHERS = _ELSEWHERE | {"DecoratedOperator"}
# Who has to give each step of a call: another class's, such as SnowparkOperator's, may add arguments of its own.
_STEPS = {
    "execute": {"PythonOperator", "BranchPythonOperator", "ShortCircuitOperator", "BaseBranchOperator"},
    "determine_kwargs": {"PythonOperator"},  # `@asset` gives others, for one
    "execute_callable": {"PythonOperator"},
}


def problems(subject: Subject) -> Iterator[Problem]:
    """Yield what the call would raise, and what it would drop without a word."""
    task = subject.task
    bases = airflow_bases(type(task))
    args, kwargs = read(task, "op_args"), read(task, "op_kwargs")
    if {"DecoratedOperator", "PythonOperator"} <= bases and not bases & _ELSEWHERE and type(args) in (list, tuple):
        # binding does not show it, and calls without a context don't
        yield from _reserved(subject, inspect.signature(task.python_callable), len(args), known_keys())
    if bases & _OTHERS or not all(_giver(type(task), step) in givers for step, givers in _STEPS.items()):
        return
    if type(args) not in (list, tuple) or type(kwargs) is not dict:
        return
    signature = inspect.signature(task.python_callable)
    if not any(one.kind is one.VAR_KEYWORD for one in signature.parameters.values()):
        for key in kwargs.keys() - signature.parameters.keys():
            yield subject.problem("argument-dropped", "op_kwargs", str(key))
    gone = dict(_removed(signature, len(args), kwargs))
    for name, instead in gone.items():
        yield subject.problem("removed-key", "", name, instead)
    names = kwargs.keys() | known_keys() | gone.keys()
    reserved = list(_reserved(subject, signature, len(args), names))
    yield from reserved
    message = "" if reserved else _bound(signature, args, names)
    if message:
        yield subject.problem("argument-missing", "op_args", message)


def _giver(cls: type, method: str) -> str | None:
    """Return the name of Airflow's class whose method it is; None for any other's."""
    base = next((base for base in cls.__mro__ if method in vars(base)), None)
    return base.__name__ if base and base.__module__.startswith("airflow.") else None


def _removed(signature: inspect.Signature, positional: int, kwargs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Parameters that only an older Airflow would fill."""
    removed = removed_keys()
    for name, parameter in list(signature.parameters.items())[positional:]:
        if name in removed and name not in kwargs and parameter.default is parameter.empty:
            yield name, removed[name]


def _reserved(
    subject: Subject, signature: inspect.Signature, positional: int, names: Collection[str]
) -> Iterator[Problem]:
    """Parameters that get a value by position and another one by name, which `determine` refuses."""
    for name in list(signature.parameters)[:positional]:
        if name in names:
            yield subject.problem("argument-reserved", "op_args", name)


def _bound(signature: inspect.Signature, args: Any, names: set[str]) -> str:
    named = [p.name for p in signature.parameters.values() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    try:
        signature.bind(*args, **dict.fromkeys(name for name in named if name in names))
    except TypeError as error:
        return str(error)
    return ""
