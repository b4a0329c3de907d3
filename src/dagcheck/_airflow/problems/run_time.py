"""What a task's own function does when it runs: operators that it makes, keys of the context that are gone."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from dagcheck._airflow.attributes import read
from dagcheck._airflow.classes import airflow_bases
from dagcheck._airflow.code_names import names_in, plain_function
from dagcheck._airflow.context_keys import removed_keys
from dagcheck._airflow.problems.subject import Subject
from dagcheck.record import Problem


def problems(subject: Subject) -> Iterator[Problem]:
    """Yield what can be read from the function's code; its source is parsed only where the code gives reason to."""
    function = plain_function(read(subject.task, "python_callable"))
    if function is None:
        return
    names, constants = names_in(function.__code__)
    operators = {name for name in names if _is_operator(function.__globals__.get(name))}
    gone = removed_keys()
    keys = gone.keys() & constants
    if not operators and not keys:
        return
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    first = function.__code__.co_firstlineno - 1
    if "execute" not in names:
        for name, line in _calls(tree, operators):
            yield subject.problem("operator-at-run-time", "", name, str(first + line))
    for key in sorted(_read_from_context(tree, keys)):
        yield subject.problem("removed-key", "", key, gone[key])


def _is_operator(value: Any) -> bool:
    return isinstance(value, type) and "BaseOperator" in airflow_bases(value)


def _calls(tree: ast.AST, names: set[str]) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node.func.id, node.lineno


def _read_from_context(tree: ast.Module, keys: set[str]) -> set[str]:
    """Keys that are read from `**kwargs`, from a parameter called context, or from get_current_context()."""
    function = tree.body[0]
    contexts = {"context"}
    if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and function.args.kwarg:
        contexts.add(function.args.kwarg.arg)
    found: set[str] = set()
    for node in ast.walk(tree):
        holder, key = _look_up(node)
        if isinstance(key, ast.Constant) and key.value in keys and _is_context(holder, contexts):
            found.add(str(key.value))
    return found


def _look_up(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """Holder and key of `holder[key]` and `holder.get(key)`; a `get` with a default asks on purpose."""
    if isinstance(node, ast.Subscript):
        return node.value, node.slice
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and len(node.args) == 1
    ):
        return node.func.value, node.args[0]
    return None, None


def _is_context(holder: ast.expr | None, names: set[str]) -> bool:
    if isinstance(holder, ast.Call) and isinstance(holder.func, ast.Name):
        return holder.func.id == "get_current_context"
    return isinstance(holder, ast.Name) and holder.id in names
