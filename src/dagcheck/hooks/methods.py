"""Which attributes of a hook class reach the other end, and what each really is."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, Literal

Kind = Literal["method", "async", "property"]
# Bases whose methods do not talk to the other end: Airflow's own, and Python's.
_BASES = frozenset({"BaseHook", "LoggingMixin", "object", "ABC", "Generic", "Protocol"})


def mockable(hook: type) -> Iterator[tuple[str, Kind, Any]]:
    """Yield name, kind and the raw attribute of every public method and property of a hook class.

    Those of the bases in `_BASES` are left out, and static and class methods: they have no connection.
    """
    seen: set[str] = set()
    for base in hook.__mro__:
        for name, value in () if base.__name__ in _BASES else vars(base).items():
            kind = kind_of(value)
            if name not in seen and not name.startswith("_") and kind is not None:
                yield name, kind, value
            seen.add(name)


def kind_of(value: Any) -> Kind | None:
    """Return what an attribute in a class's `__dict__` is; None for what is not to be mocked."""
    if isinstance(value, (property, functools.cached_property)):
        return "property"
    if not inspect.isfunction(value):
        return None
    inner = inspect.unwrap(value)
    return "async" if inspect.iscoroutinefunction(value) or inspect.iscoroutinefunction(inner) else "method"


@functools.cache  # reading and parsing every method's source takes longer than all else that a mock does
def never_works(function: Callable[..., Any]) -> bool:
    """Tell whether a method does nothing but raise NotImplementedError, as BigQueryHook.insert_rows does."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, TypeError, SyntaxError):
        return False
    body = tree.body[0].body if isinstance(tree.body[0], (ast.FunctionDef, ast.AsyncFunctionDef)) else []
    statements = [one for one in body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    if len(statements) != 1 or not isinstance(statements[0], ast.Raise):
        return False
    raised = statements[0].exc.func if isinstance(statements[0].exc, ast.Call) else statements[0].exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
