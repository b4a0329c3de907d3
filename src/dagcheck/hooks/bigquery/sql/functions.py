"""Calls of functions: each name in BigQuery's documentation that this engine knows, and what it does with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import (
    aggregates,
    calls,
    casts,
    conditionals,
    dates,
    json_texts,
    moments,
    patterns,
    scalars,
    sequences,
    signatures,
    windows,
)
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Rule, rule
from dagcheck.hooks.bigquery.sql.expressions import struct_of
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, common
from dagcheck.hooks.bigquery.sql.types import BYTES, FLOAT64, STRING

_Special = Callable[..., Typed]


def _call(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Typed:
    return _called(compiler, node, scope, safe=False)


def _safe_call(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
    if not isinstance(node.this, exp.Anonymous):
        raise UnsupportedSqlError(f"SAFE.{node.this.key.upper()}")
    return _called(compiler, node.this, scope, safe=True)


def _called(compiler: Compiler, node: exp.Anonymous, scope: Scope, *, safe: bool) -> Typed:
    name = str(node.this).upper()
    if name in SPECIAL:
        return SPECIAL[name](compiler, name, node.expressions, scope, safe=safe)
    ways = [*moments.FUNCTIONS.get(name, ()), *scalars.FUNCTIONS.get(name, ())]
    if ways:
        arguments = [compiler.expression(each, scope).unnamed() for each in node.expressions]
        return signatures.call(compiler, name, ways, arguments, safe=safe)
    if name in aggregates.AGGREGATES:
        if safe:
            raise UnsupportedSqlError(f"SAFE.{name}")
        return aggregates.aggregate(compiler, calls.taken_apart(node), scope)
    if name in windows.WINDOW_FUNCTIONS:
        raise BigQueryError(f"Analytic function {name} cannot be called without an OVER clause")
    raise UnsupportedSqlError(f"the function {'SAFE.' if safe else ''}{name}")


def _struct(compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, *, safe: bool) -> Typed:
    del name, safe
    return struct_of([_named(compiler.expression(node, scope), node) for node in nodes])


def _named(value: Typed, node: exp.Expression) -> Typed:
    return value if isinstance(node, (exp.Alias, exp.Column, exp.Dot)) else value.unnamed()


def _concat(compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, *, safe: bool) -> Typed:
    arguments = [compiler.expression(node, scope) for node in nodes]
    if not arguments:
        raise BigQueryError(f"No matching signature for function {name}: it has at least one argument")
    if any(argument.type == BYTES for argument in arguments):
        kind = common(arguments, "function CONCAT")
        return Typed("(" + " || ".join(coerced(argument, kind).sql for argument in arguments) + ")", kind)
    del safe  # || is NULL if one side is, as CONCAT of BigQuery; DuckDB's concat() is not
    parts = [casts.cast(compiler, argument, STRING, safe=False).sql for argument in arguments]
    return Typed("(" + " || ".join(parts) + ")", STRING)


def _random(compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, *, safe: bool) -> Typed:
    del compiler, scope, safe
    if nodes:
        raise BigQueryError(f"No matching signature for function {name} with {len(nodes)} arguments")
    return Typed("random()", FLOAT64) if name == "RAND" else Typed("CAST(uuid() AS VARCHAR)", STRING)


def _user(compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, *, safe: bool) -> Typed:
    del compiler, scope, safe, nodes, name
    return Typed("'dagcheck@example.com'", STRING)


SPECIAL: Mapping[str, _Special] = {
    **dates.SPECIAL,
    **conditionals.SPECIAL,
    **json_texts.SPECIAL,
    **patterns.SPECIAL,
    **sequences.SPECIAL,
    "CONCAT": _concat,
    "GENERATE_UUID": _random,
    "RAND": _random,
    "SESSION_USER": _user,
    "STRUCT": _struct,
}

RULES: Mapping[type, Rule] = {
    exp.Anonymous: rule(_call, "this", "expressions"),
    exp.SafeFunc: rule(_safe_call, "this"),
}
