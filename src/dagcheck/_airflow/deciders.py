"""What can be told of an operator that decides without running it: what it may return, and what it looks at."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Literal

from dagcheck._airflow import versions
from dagcheck._airflow.attributes import attempt, members, read, texts
from dagcheck._airflow.classes import airflow_bases, mapped_operator
from dagcheck._airflow.code_names import plain_function, words_of
from dagcheck._airflow.graphs import operator_class
from dagcheck.running.graph import Task

Kind = Literal["branch", "short circuit", "latest only", "other"]
# What only a real run knows, by the words that code says it with.
_CONFIGURED = frozenset({"conf", "params", "dag_run", "run_type", "external_trigger"})
_UNKNOWN = frozenset({
    "xcom_pull", "Variable", "Connection", "BaseHook", "get_connection", "var", "conn", "environ", "getenv", "open",
    "read_text", "read_bytes", "exists", "is_file", "is_dir", "listdir", "glob", "iterdir", "requests", "httpx",
    "urlopen", "boto3", "socket", "subprocess", "try_number", "create_session", "provide_session", "Session",
    "triggering_asset_events", "triggering_dataset_events", "inlet_events", "get_task_instance",
    "get_task_instances", "get_dagrun", "get_previous_dagrun", "get_previous_scheduled_dagrun", "get_previous_ti",
    "previous_ti", "prev_data_interval_start_success", "prev_data_interval_end_success", "prev_start_date_success",
    "prev_end_date_success", "prev_execution_date_success",
})  # fmt: skip
_CLOCK = frozenset({"now", "today", "utcnow", "time", "localtime", "gmtime", "monotonic", "fromtimestamp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """An operator that decides what runs below it.

    `returns` are all that it may be made to return, each one a value for `Returns`; empty where it cannot be made to.
    `written` are the choices of a branch that are written out, if all are: it makes no others. `children` are its
    direct downstream tasks, `targets` the ids that it may name, each with those of the children that it stands for.
    `unknown` are the words in its code for what only a real run knows, `configured` those for what a run started by
    hand may be given; `clock` tells that it looks at the time at which it runs.
    """

    task_id: str
    kind: Kind
    children: tuple[str, ...] = ()
    targets: dict[str, frozenset[str]]
    returns: tuple[Any, ...] = ()
    written: tuple[tuple[str, ...], ...] = ()
    unknown: frozenset[str] = frozenset()
    configured: frozenset[str] = frozenset()
    clock: bool = False
    mapped: bool = False


def deciders(dag: Any, tasks: tuple[Task, ...]) -> dict[str, Decider]:
    """Return those of a DAG by their ids; `tasks` are its compiled ones."""
    groups = {group_id: frozenset(_members(group)) for group_id, group in _groups(dag)}
    return {one.task_id: _decider(dag.task_dict[one.task_id], one, groups) for one in tasks if one.decides}


def _groups(dag: Any) -> Iterable[tuple[Any, Any]]:
    """Return those that a branch may name: none before 2.10 (skip_all_except of models/skipmixin.py, 2.9)."""
    return dag.task_group.get_task_group_dict().items() if versions.at_least(2, 10) else ()


def _members(group: Any) -> Iterator[str]:
    for child in group.children.values():
        if isinstance(read(child, "children"), dict):
            yield from _members(child)
        else:
            yield child.task_id


def _decider(task: Any, compiled: Task, groups: dict[Any, frozenset[str]]) -> Decider:
    kind = _kind(operator_class(task))
    children = compiled.downstream
    targets = {child: frozenset({child}) for child in children}
    for group_id, inside in groups.items():
        if group_id and compiled.task_id not in inside and (held := inside & set(children)):
            targets[group_id] = held
    function = _function(task)
    sides = _sides(task) if kind == "branch" else ()
    written = sides or (_written_out(function, targets) if kind == "branch" and function else ())
    words = _words(task, function)
    return Decider(
        task_id=compiled.task_id,
        kind=kind,
        children=children,
        targets=targets,
        returns=tuple(map(list, sides) if sides else _returns(kind, function, written, targets)),
        written=written,
        unknown=frozenset(word for word in words if word in _UNKNOWN or word.endswith("Hook")),
        configured=words & _CONFIGURED,
        clock=_looks_at_clock(task, words),
        mapped=compiled.is_mapped,
    )


def _kind(operator: type) -> Kind:
    bases = airflow_bases(operator)
    if "LatestOnlyOperator" in bases:
        return "latest only"
    if "ShortCircuitOperator" in bases:
        return "short circuit"
    forced = hasattr(operator, "choose_branch") or hasattr(operator, "execute_callable")
    return "branch" if forced and bases & {"BaseBranchOperator", "BranchPythonOperator", "BranchMixIn"} else "other"


def _attribute(task: Any, name: str) -> Any:
    """Return an argument of an operator, mapped or not."""
    if isinstance(task, mapped_operator()):
        return task.partial_kwargs.get(name)
    return read(task, name)


def _function(task: Any) -> FunctionType | None:
    """Return the user's function that decides: the callable, or `choose_branch` of a class of the user's."""
    called = _attribute(task, "python_callable")
    if called is not None:
        return attempt(lambda: plain_function(called), None)
    own = read(operator_class(task), "choose_branch")
    if str(read(own, "__module__", "")).startswith("airflow."):
        return None
    return attempt(lambda: plain_function(own), None)


def _returns(
    kind: Kind, function: FunctionType | None, written: tuple[tuple[str, ...], ...], targets: dict[str, frozenset[str]]
) -> Iterator[Any]:
    """Yield what it may return."""
    every = [name for name, children in targets.items() if children == {name}]
    if kind == "short circuit":
        yield from (True, False)
    elif kind == "latest only":
        yield from (every, [])
    elif kind == "branch":
        yield from map(list, written)
        # also a task that is written nowhere: that it is never taken is another matter; but no group of several
        yield from ([name] for name in (every if written else targets))
        if not written and not (function and attempt(lambda: _returns_text(function), default=False)):
            yield every
        yield []


def _sides(task: Any) -> tuple[tuple[str, ...], ...]:
    """Return what a branch is told to choose by arguments, as those of Airflow that ask SQL or the date are."""
    sides = [_attribute(task, f"follow_task_ids_if_{side}") for side in ("true", "false")]
    return tuple(tuple(texts(side)) for side in sides) if all(sides) else ()


def _written_out(function: FunctionType, targets: dict[str, frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    """Return all choices of a branch as its code has them; empty where it says too little, or what can't be chosen."""
    written = attempt(lambda: _written(function), None) or ()
    return tuple(written) if all(set(one) <= targets.keys() for one in written) else ()


def _returns_text(function: FunctionType) -> bool:
    """Tell whether a function says that it returns the id of one task."""
    return function.__annotations__.get("return") in {str, "str"}


def _written(function: FunctionType) -> list[tuple[str, ...]] | None:
    """Return the ids of every `return`, if all of them are written out."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)).strip())
    found: list[tuple[str, ...]] = []
    kind = ast.Lambda if function.__name__ == "<lambda>" else ast.FunctionDef
    bodies = [one for one in ast.walk(tree) if isinstance(one, kind)]
    if not bodies or (kind is ast.Lambda and len(bodies) > 1):
        return None
    body = bodies[0]
    values = [body.body] if isinstance(body, ast.Lambda) else _returned(body.body)
    for value in values:
        ids = list(_ids(value))
        if None in ids:
            return None
        found += [one for one in ids if one is not None]
    return list(dict.fromkeys(found)) or None


def _returned(body: list[ast.stmt]) -> Iterator[ast.expr | None]:
    """Yield the values of the `return`s of a function, not of those inside of it."""
    for statement in body:
        if isinstance(statement, ast.Return):
            yield statement.value
        elif not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for part in ("body", "orelse", "finalbody"):
                yield from _returned(getattr(statement, part, []))
            for part in ("handlers", "cases"):
                for one in getattr(statement, part, []):
                    yield from _returned(one.body)


def _ids(value: ast.expr | None) -> Iterator[tuple[str, ...] | None]:
    """Yield the ids that an expression may give; None for what is not written out."""
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        yield ()
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield (value.value,)
    elif isinstance(value, ast.IfExp):
        yield from (*_ids(value.body), *_ids(value.orelse))
    elif isinstance(value, (ast.List, ast.Tuple)):
        parts = [one.value if isinstance(one, ast.Constant) else None for one in value.elts]
        yield tuple(one for one in parts if isinstance(one, str)) if all(isinstance(p, str) for p in parts) else None
    else:
        yield None


def _words(task: Any, function: FunctionType | None) -> frozenset[str]:
    """Return the words in the function's code and in the arguments that it is given."""
    words = attempt(lambda: words_of(function), {"open"}) if function else set[str]()
    if function is None and _attribute(task, "python_callable") is not None:
        words = {"open"}  # a callable without code: it may do anything
    given = [_attribute(task, name) for name in ("op_args", "op_kwargs", "templates_dict", "sql")]
    for text in _texts_in(given):
        words |= set(text.replace("{", " ").replace("}", " ").replace(".", " ").replace("(", " ").split())
    return frozenset(words)


def _looks_at_clock(task: Any, words: frozenset[str]) -> bool:
    """Tell whether it may; the operators with `use_task_logical_date` do unless it is true."""
    uses_date = _attribute(task, "use_task_logical_date")
    return uses_date is False or not words.isdisjoint(_CLOCK)


def _texts_in(value: Any, depth: int = 4) -> Iterator[str]:
    """Yield the texts in arguments; what is neither text nor plain is an XCom for all that is known."""
    if isinstance(value, str):
        yield str.__str__(value)
    elif isinstance(value, dict) and depth:
        yield from (text for one in value.values() for text in _texts_in(one, depth - 1))
    elif isinstance(value, (list, tuple, set, frozenset)) and depth:
        yield from (text for one in members(value) for text in _texts_in(one, depth - 1))
    elif "XComArg" in airflow_bases(type(value)):
        yield "xcom_pull"
