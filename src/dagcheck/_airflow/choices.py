"""What a branch returned, noted on its way into the operators that act on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from dagcheck._airflow.patching import replaced
from dagcheck._airflow.tries import Desk

# `do_branch` sees the ids before groups are expanded (operators/branch.py since 2.9); before that only the other.
_WAYS = ("do_branch", "skip_all_except")


@contextmanager
def seams(dag: Any, desk: Desk) -> Iterator[None]:
    """Note the first choice that each try of a branch makes."""
    with ExitStack() as stack:
        for owner, name in {found for task in dag.task_dict.values() for found in _owners(task)}:
            stack.enter_context(replaced(owner, **{name: _noting(vars(owner)[name], desk)}))
        yield


def _owners(task: Any) -> Iterator[tuple[type, str]]:
    """Yield the classes that define the operator's methods; a mapped task knows its class."""
    operator = getattr(task, "operator_class", type(task))
    for name in _WAYS:
        for cls in getattr(operator, "__mro__", ()):
            if name in vars(cls):
                yield cls, name
                break


def _noting(method: Any, desk: Desk) -> Any:
    def noting(self: Any, *arguments: Any, **named: Any) -> Any:
        branches = arguments[1] if len(arguments) > 1 else next(reversed(named.values()))
        if desk.record.choice is None:
            desk.record.choice = _chosen(branches)
        return method.__get__(self, type(self))(*arguments, **named)

    return noting


def _chosen(branches: Any) -> tuple[str, ...] | None:
    """Return the ids as texts; None for a generator, which can be read only once."""
    if branches is None or isinstance(branches, str):
        return () if branches is None else (branches,)
    if isinstance(branches, Iterator):
        return None
    return tuple(map(str, branches)) if isinstance(branches, Iterable) else (str(branches),)
