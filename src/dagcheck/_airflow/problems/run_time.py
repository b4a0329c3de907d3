"""What tasks' functions and callbacks do when they run: operators that they make, keys of the context that are gone."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from dagcheck._airflow.attributes import read
from dagcheck._airflow.code_names import names_in, plain_function
from dagcheck._airflow.context_keys import removed_keys
from dagcheck._airflow.problems import callbacks, nested_operators
from dagcheck._airflow.problems.subject import Subject
from dagcheck.record import Problem


def of_task(subject: Subject) -> Iterator[Problem]:
    """Yield what can be read from the code of a task's function."""
    function = plain_function(read(subject.task, "python_callable"))
    if function is not None:
        yield from _problems(subject, "", function)


def of_callbacks(subject: Subject) -> Iterator[Problem]:
    """Yield the same of the callbacks of a DAG and its tasks, of each function once: `default_args` give it to all."""
    seen: set[FunctionType] = set()
    tasks: dict[str, Any] = read(subject.dag, "task_dict") or {}
    for one in (subject, *(Subject(subject.shared, task, task_id) for task_id, task in tasks.items())):
        for name, callback in callbacks.of(one):
            function = plain_function(callback)
            if function is not None and function not in seen:
                seen.add(function)
                yield from _problems(one, name, function)


def _problems(subject: Subject, argument: str, function: FunctionType) -> Iterator[Problem]:
    """The source is parsed only where the code gives reason to; `argument` is where the function stands."""
    names, constants = names_in(function.__code__)
    gone = removed_keys()
    keys = gone.keys() & constants
    operators = nested_operators.named(function, names)
    if not operators and not keys:
        return
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    first = function.__code__.co_firstlineno - 1
    for one in nested_operators.made(tree, operators):
        if one.executed:
            yield subject.problem("operator-executed", argument, one.name, str(first + one.line))
        elif "execute" not in names:
            yield subject.problem("operator-at-run-time", argument, one.name, str(first + one.line))
    for key in sorted(_read_from_context(tree, keys)):
        yield subject.problem("removed-key", argument, key, gone[key])


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
