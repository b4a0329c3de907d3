"""Hides functions from code that looks around in its own interpreter.

DAG code can walk up the stack, read the locals of every frame, the closure of every function and the `__self__` of
every method that it finds. What it must not get at is therefore reached through objects of C alone that call a
function and show nothing of it. (Only `gc`, which the guard watches, and C code see through them.)
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])
Returning = Callable[..., "BaseException | None"]


def sealed(function: Function) -> Function:
    """Return a callable that does as the function does and has no attribute that leads to it."""
    opaque: Any = functools.lru_cache(maxsize=0)(function)  # at size 0 it only passes the call on
    opaque.__dict__.clear()  # `__wrapped__` among it
    hidden: Function = opaque
    return hidden


def returning(function: Callable[..., object]) -> Returning:
    """Return a sealed callable that returns what the function raises, without the traceback, else None."""

    def attempt(*args: Any) -> BaseException | None:
        try:
            function(*args)
        except BaseException as error:  # noqa: BLE001 - the caller raises it
            error.__context__ = error.__cause__ = None
            return error.with_traceback(None)
        return None

    return sealed(attempt)


def shielded(function: Callable[..., object]) -> Callable[..., None]:
    """As `sealed`, for a function that raises: no frame of its own is in the traceback."""
    attempt = returning(function)

    def call(*args: Any, _attempt: Returning = attempt) -> None:
        error = _attempt(*args)
        if error is not None:
            raise error

    return call
