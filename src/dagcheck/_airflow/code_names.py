"""Names and texts in the code of the user's functions, read from the code objects: nothing is executed."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from contextlib import suppress
from types import CodeType, FunctionType, ModuleType
from typing import Any

_MOST = 60  # functions that are followed
_KNOWN = ("airflow", "pendulum", "datetime", "dateutil", "calendar", "zoneinfo", "logging", "collections", "itertools")


def plain_function(called: Any) -> FunctionType | None:
    """Return the function behind a callable (decorated, partial, a method); None if there is none."""
    while isinstance(called, functools.partial):
        called = called.func
    function = inspect.unwrap(called) if callable(called) else None
    function = getattr(function, "__func__", function)
    return function if isinstance(function, FunctionType) else None


def names_in(code: CodeType) -> tuple[set[str], set[str]]:
    """Names and text constants of a function and the ones inside of it."""
    names, constants = set(code.co_names), {one for one in code.co_consts if isinstance(one, str)}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            more = names_in(inner)
            names, constants = names | more[0], constants | more[1]
    return names, constants


def words_of(function: FunctionType) -> set[str]:
    """Return every name, parameter and text constant of a function and of those that it may call by name.

    Functions are followed through globals, closures and the modules that these name; not into Airflow and modules
    that only calculate with dates.
    """
    waiting, seen, words = [function], set[int](), set[str]()
    while waiting and len(seen) < _MOST:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        names, constants = names_in(one.__code__)
        words |= names | constants | set(one.__code__.co_varnames)
        waiting += _called(one, names)
    return words


def _called(function: FunctionType, names: set[str]) -> Iterator[FunctionType]:
    reached = (function.__globals__.get(name) for name in names)
    for thing in (*reached, *_closed_over(function)):
        if isinstance(thing, FunctionType):
            found = [thing]
        elif isinstance(thing, ModuleType):
            found = [one for name in names if isinstance(one := vars(thing).get(name), FunctionType)]
        else:
            continue
        yield from (one for one in found if str(one.__module__).partition(".")[0] not in _KNOWN)


def _closed_over(function: FunctionType) -> Iterator[Any]:
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # not filled yet
            yield cell.cell_contents
