"""Regular expressions, which are RE2's in BigQuery and in DuckDB; GoogleSQL, String functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import types
from dagcheck.hooks.bigquery.sql.compiler import Compiler
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced
from dagcheck.hooks.bigquery.sql.types import BOOL, BYTES, STRING

_Nodes = Sequence[exp.Expression]
_GROUP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?!\?)|\(\?P<")


def _groups(pattern: str) -> int:
    return sum(found[0].startswith("(") for found in _GROUP.finditer(pattern))


def _arguments(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, count: int, safe: bool) -> list[Typed]:
    if safe:
        raise UnsupportedSqlError(f"SAFE.{name}")
    if len(nodes) > count and name.startswith("REGEXP_EXTRACT"):
        raise UnsupportedSqlError(f"{name} with a position or an occurrence")
    arguments = [compiler.expression(node, scope).unnamed() for node in nodes]
    if any(argument.type == BYTES for argument in arguments):
        raise UnsupportedSqlError(f"{name} of BYTES")
    if len(arguments) != count:
        raise BigQueryError(f"No matching signature for function {name} with {len(nodes)} arguments")
    return [coerced(argument, STRING, f"Argument of {name}") for argument in arguments]


def _constant(name: str, pattern: Typed) -> str:
    """Return the pattern, of which the answer depends on details that are the same in both engines."""
    if not pattern.is_constant or pattern.constant is None:
        raise UnsupportedSqlError(f"{name} with a pattern that is no literal")
    text: str = pattern.constant
    if _groups(text) > 1:
        raise BigQueryError("Regular expression has more than 1 capturing group")
    try:
        empty = re.compile(text).match("") is not None
    except re.error as error:
        raise UnsupportedSqlError(f"the regular expression {text!r} in {name}") from error
    if empty:
        raise UnsupportedSqlError(f"a regular expression that matches nothing ({text!r}) in {name}")
    return text


def _contains(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
    text, pattern = _arguments(compiler, name, nodes, scope, count=2, safe=safe)
    return Typed(f"regexp_matches({text.sql}, {pattern.sql})", BOOL)


def _extract(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
    text, pattern = _arguments(compiler, name, nodes, scope, count=2, safe=safe)
    written = _constant(name, pattern)
    group = _groups(written)
    if group and re.search(r"\)[?*{]|\|", written):
        raise UnsupportedSqlError(f"{name} with a group that may not take part ({written!r})")
    if name == "REGEXP_EXTRACT_ALL":
        return Typed(f"regexp_extract_all({text.sql}, {pattern.sql}, {group})", types.array(STRING))
    found = f"regexp_extract({text.sql}, {pattern.sql}, {group})"
    return Typed(f"CASE WHEN regexp_matches({text.sql}, {pattern.sql}) THEN {found} END", STRING)


def _replace(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
    text, pattern, new = _arguments(compiler, name, nodes, scope, count=3, safe=safe)
    if pattern.is_constant and pattern.constant is not None and _groups(pattern.constant) > 1:
        pattern_to_check = Typed(pattern.sql, STRING, constant=re.sub(r"\((?!\?)", "(?:", pattern.constant))
        _constant(name, pattern_to_check)
    else:
        _constant(name, pattern)
    if not new.is_constant:
        raise UnsupportedSqlError(f"{name} with a replacement that is no literal")
    if new.constant is not None and re.search(r"\\(?![0-9\\])", new.constant.replace("\\\\", "")):
        raise BigQueryError(f"Invalid REGEXP_REPLACE pattern: {new.constant}")
    return Typed(f"regexp_replace({text.sql}, {pattern.sql}, {new.sql}, 'g')", STRING)


SPECIAL: Mapping[str, Callable[..., Typed]] = {
    "REGEXP_CONTAINS": _contains,
    "REGEXP_EXTRACT": _extract,
    "REGEXP_EXTRACT_ALL": _extract,
    "REGEXP_REPLACE": _replace,
    "REGEXP_SUBSTR": _extract,
}
