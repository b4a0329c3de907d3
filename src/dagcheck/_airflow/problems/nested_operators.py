"""Operators that a function makes while it runs, as its source says."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from dagcheck._airflow.classes import airflow_bases


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One call of an operator's class; `executed`: the function calls `execute` of what it makes."""

    name: str
    line: int
    executed: bool


def named(function: FunctionType, names: set[str]) -> set[str]:
    """Return those of the names in a function's code that are operators, imported by the module or by the function."""
    return {name for name in names if _is_operator(function.__globals__.get(name)) or _is_imported(name, names)}


def _is_operator(value: Any) -> bool:
    return isinstance(value, type) and "BaseOperator" in airflow_bases(value)


def _is_imported(name: str, names: set[str]) -> bool:
    """Tell whether the function imports it from a module of Airflow's, loaded or not: nothing is imported here."""
    if not name.endswith("Operator"):
        return False
    homes = [one for one in names if one.startswith("airflow.")]
    return any(_is_operator(vars(sys.modules[one]).get(name)) if one in sys.modules else True for one in homes)


def made(tree: ast.AST, operators: set[str]) -> Iterator[Made]:
    """Yield every call of one of the operators."""
    executed = {id(one) for one in _executed(tree)}
    kept = {one.id for one in _executed(tree) if isinstance(one, ast.Name)}
    executed |= {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id in kept for one in node.targets)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in operators:
            yield Made(name=node.func.id, line=node.lineno, executed=id(node) in executed)


def _executed(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the `x` of every `x.execute(...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "execute":
            yield node.func.value
