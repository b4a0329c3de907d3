"""What a DAG file's own text tells when its run does not: meant-to-be DAGs, and sources of change."""

from __future__ import annotations

import ast
import linecache
import re
from collections import Counter
from collections.abc import Iterator

from dagcheck.record import Orphan

_CALLS = frozenset(
    (
        "random", "uuid", "uuid1", "uuid3", "uuid4", "uuid5", "uuid6", "uuid7", "uuid8", "secrets", "urandom", "getpid",
        "gethostname", "now", "today", "utcnow", "days_ago", "localtime", "gmtime", "monotonic", "perf_counter",
        "time_ns", "time.time", "set", "frozenset", "hash", "id", "listdir", "scandir", "iterdir", "glob", "rglob",
        "os.walk", "getmtime", "st_mtime", "st_ctime", "as_completed", "object",
    )
)  # fmt: skip
_MODULES = frozenset(("random", "uuid", "secrets"))
# To split code into words at, which takes a third of finding them; outside of strings all signs are ASCII.
_BETWEEN_WORDS = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
_CALLED = re.compile(r"\b(time\.time|os\.walk|\w+)\s*\(")
_LAST_WORDS = frozenset(call.rpartition(".")[2] for call in _CALLS)  # without one of these there is no call
_BRACES = re.compile(r"\{[^{}:]*(?:,|\bfor\b)[^{}:]*\}")  # found thirty times as fast as what follows
_SET_DISPLAY = re.compile(rf"(?:[=(,\[|]|\bin|\breturn)\s*{_BRACES.pattern}")

_LEFT_BY = {  # how the code reads that leaves each kind of thing behind
    "sys-path": r"sys\.path|addsitedir",
    "signal-handler": r"signal\.(?:signal|setitimer|alarm)|\b(?:setitimer|alarm)\(",
    "thread": r"Thread|Timer|start_new_thread|Executor",
    "child-process": r"Popen|Process|fork|system|spawn",
    "working-directory": r"chdir",
    "module": r"sys\.modules",
    "exit-handler": r"atexit",
    "exit": r"\b_exit\b|\bexit\(|SystemExit",
}


def source_of(path: str) -> str:
    """Return a file's text; an empty one for what can't be read as such."""
    try:
        with open(path, encoding="utf-8") as file:  # a third of what linecache takes
            return file.read()
    except (OSError, UnicodeDecodeError):
        return "".join(linecache.getlines(path))


def volatile_words(source: str) -> set[str]:
    """Return the names in the text that can make two parses differ: clocks, randomness, set and folder order.

    A DAG file without any need not be parsed twice; a word too many costs time, no finding.
    """
    words = source.translate(_BETWEEN_WORDS).split()
    found = set(_MODULES.intersection(words))
    if not _LAST_WORDS.isdisjoint(words):
        found |= _CALLS.intersection(_CALLED.findall(source))
    if _BRACES.search(source) and _SET_DISPLAY.search(source):
        found.add("set")
    return found


def volatile_words_of_dag_file(source: str) -> set[str]:
    """As `volatile_words`, without what stands in functions that do not run while the file is parsed.

    Those are tasks (`@task...`), and plain functions that the file nowhere calls, only hands on.
    """
    words = volatile_words(source)
    if not words:
        return words
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return words
    lines = source.splitlines()
    _clear_what_runs_later(tree, lines, Counter(_CALLED.findall(source)))
    return volatile_words("\n".join(lines))


def _clear_what_runs_later(tree: ast.AST, lines: list[str], calls: Counter[str]) -> None:
    for function in _outermost_functions(tree):
        first, last = function.body[0].lineno - 1, function.end_lineno
        if not volatile_words("\n".join(lines[first:last])):
            continue
        if _runs_later(function, calls):
            lines[first:last] = [""] * len(lines[first:last])
        else:
            _clear_what_runs_later(function, lines, calls)


def _runs_later(function: ast.FunctionDef | ast.AsyncFunctionDef, calls: Counter[str]) -> bool:
    if function.decorator_list:
        return any("task" in _names(decorator) for decorator in function.decorator_list)
    return calls[function.name] == 1  # its own definition


def _names(node: ast.expr) -> Iterator[str]:
    """Every name of `task`, `task.branch(...)`, `sdk.task`."""
    return (part.attr if isinstance(part, ast.Attribute) else part.id for part in ast.walk(node)
            if isinstance(part, (ast.Attribute, ast.Name)))  # fmt: skip


def likely_line(path: str, kind: str, detail: str) -> int | None:
    """Return the first line of the file that speaks of what it left behind; None if no line does."""
    name = re.escape(detail.split(" ", maxsplit=1)[0].rpartition(".")[2])
    pattern = re.compile(_LEFT_BY.get(kind, rf"\b{name}\b") if kind != "environment" else re.escape(detail))
    found = (number for number, line in enumerate(linecache.getlines(path), 1) if pattern.search(line))
    return next(found, None)


def orphans(source: str) -> tuple[Orphan, ...]:
    """Return the functions that would have made a DAG if somebody had called them; nothing for unreadable text."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(_orphans(tree))


def _orphans(tree: ast.Module) -> Iterator[Orphan]:
    """Functions within functions are their outer function's business; what a condition calls is called on purpose."""
    called = _called_on_condition(tree)
    for node in _outermost_functions(tree):
        if node.name in called:
            continue
        line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        if _is_dag_function(node):
            yield Orphan(kind="uncalled", name=node.name, line=line)
        elif any(_is_dag_function(inner) or _is_dag_call(inner) for inner in ast.walk(node)):
            yield Orphan(kind="hidden", name=node.name, line=line)


def _called_on_condition(tree: ast.Module) -> set[str]:
    """Return the names that an `if` at module level calls, such as one on Airflow's version; not `__main__`'s."""
    conditions = [node for node in tree.body if isinstance(node, ast.If) and "__name__" not in ast.dump(node.test)]
    return {_name(call) for node in conditions for call in ast.walk(node) if isinstance(call, ast.Call)}


def _outermost_functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield child
        elif not isinstance(child, ast.expr):  # most of a tree, and never with a function in it
            yield from _outermost_functions(child)


def _is_dag_function(node: ast.AST) -> bool:
    """True for a function decorated with @dag."""
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and "dag" in map(_name, node.decorator_list)


def _is_dag_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _name(node) == "DAG"


def _name(node: ast.expr) -> str:
    """The last name of `dag`, `dag(...)`, `sdk.dag(...)`."""
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""
