"""COALESCE and the like; GoogleSQL, Conditional expressions, Mathematical functions, Debugging functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql.compiler import Compiler
from dagcheck.hooks.bigquery.sql.operators import comparable
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, common
from dagcheck.hooks.bigquery.sql.types import INT64, STRING

_Nodes = Sequence[exp.Expression]


def _arguments(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, counts: range, *, safe: bool) -> list[Typed]:
    if safe:
        raise UnsupportedSqlError(f"SAFE.{name}")
    if len(nodes) not in counts:
        raise BigQueryError(f"No matching signature for function {name} with {len(nodes)} arguments")
    return [compiler.expression(node, scope).unnamed() for node in nodes]


def _coalesce(counts: range) -> Callable[..., Typed]:
    def translate(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
        arguments = _arguments(compiler, name, nodes, scope, counts, safe=safe)
        kind = common(arguments, f"function {name}")
        return Typed(f"coalesce({', '.join(coerced(argument, kind).sql for argument in arguments)})", kind)

    return translate


def _null_if(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
    one, other = _arguments(compiler, name, nodes, scope, range(2, 3), safe=safe)
    kind = comparable(f"function {name}", one, other)
    return Typed(f"nullif({coerced(one, kind).sql}, {coerced(other, kind).sql})", kind)


def _extreme(function: str) -> Callable[..., Typed]:
    def translate(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
        arguments = _arguments(compiler, name, nodes, scope, range(1, 1000), safe=safe)
        kind = common(arguments, f"function {name}")
        if kind.kind in {"ARRAY", "STRUCT", "JSON"}:
            raise BigQueryError(f"No matching signature for function {name} for argument types: {kind}")
        values = [coerced(argument, kind).sql for argument in arguments]
        # NULL if one is; DuckDB's pass over them
        missing = " OR ".join(f"{value} IS NULL" for value in values)
        return Typed(f"CASE WHEN {missing} THEN NULL ELSE {function}({', '.join(values)}) END", kind)

    return translate


def _fail(message: str | None) -> int:
    raise BigQueryError(message or "ERROR was called")


def _error(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
    [message] = _arguments(compiler, name, nodes, scope, range(1, 2), safe=safe)
    call = compiler.call(_fail, [coerced(message, STRING)], INT64, nulls=True)
    return Typed(call.sql, INT64)


SPECIAL: Mapping[str, Callable[..., Typed]] = {
    "COALESCE": _coalesce(range(1, 1000)),
    "ERROR": _error,
    "GREATEST": _extreme("greatest"),
    "IFNULL": _coalesce(range(2, 3)),
    "LEAST": _extreme("least"),
    "NULLIF": _null_if,
}
