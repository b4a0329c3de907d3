"""Operators; GoogleSQL, Operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import types, values
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Rule, rule
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, coerces, common, constant, no_signature
from dagcheck.hooks.bigquery.sql.types import (
    BOOL,
    BYTES,
    DATETIME,
    FLOAT64,
    NUMERIC,
    STRING,
    SqlType,
)


def _both(compiler: Compiler, node: exp.Expression, scope: Scope) -> tuple[Typed, Typed]:
    return compiler.expression(node.this, scope), compiler.expression(node.expression, scope)


def compare(sign: str, one: Typed, other: Typed) -> Typed:
    """Return a comparison; both sides must be of one type that can be compared."""
    kind = comparable(f"operator {sign}", one, other)
    return Typed(f"({coerced(one, kind).sql} {sign} {coerced(other, kind).sql})", BOOL)


def comparable(what: str, *operands: Typed) -> SqlType:
    """Return the type in which the operands are compared."""
    kinds = {operand.type.kind for operand in operands}
    if kinds <= {"DATE", "DATETIME"} and len(kinds) > 1:
        return DATETIME
    kind = common(_numerics(operands), what)
    if kind.kind in {"ARRAY", "JSON"}:
        raise no_signature(what, *operands)
    if kind.kind == "STRUCT":
        raise UnsupportedSqlError(f"the comparison of STRUCTs ({what})")
    return kind


def _numerics(operands: tuple[Typed, ...]) -> tuple[Typed, ...]:
    if any(operand.type == NUMERIC for operand in operands):
        return tuple(_numeric_literal(operand) for operand in operands)
    return operands


def _numeric_literal(operand: Typed) -> Typed:
    if operand.type == FLOAT64 and operand.is_constant and operand.constant is not None:
        return constant(values.numeric(Decimal(str(operand.constant))), NUMERIC)
    return operand


def _comparison(sign: str) -> Callable[[Compiler, exp.Expression, Scope], Typed]:
    def translate(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
        one, other = _both(compiler, node, scope)
        if sign in {"IS DISTINCT FROM", "IS NOT DISTINCT FROM"}:
            return compare(sign, one, other)
        if one.type.kind == "NUMERIC" or other.type.kind == "NUMERIC":
            one, other = _numerics((one, other))
        return compare(sign, one, other)

    return translate


def condition(compiler: Compiler, node: exp.Expression, scope: Scope, where: str) -> Typed:
    """Return an expression that must be a BOOL."""
    found = compiler.expression(node, scope)
    if not coerces(found, BOOL):
        raise BigQueryError(f"{where} should return type BOOL, but returns {found.type}")
    return coerced(found, BOOL)


def _logical(sign: str) -> Callable[[Compiler, exp.Expression, Scope], Typed]:
    def translate(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
        # a flat list: a long chain of AND is a deep tree
        parts = [condition(compiler, each, scope, f"Argument of {sign}") for each in node.flatten()]
        return Typed("(" + f" {sign} ".join(part.sql for part in parts) + ")", BOOL)

    return translate


def _not(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
    return Typed(f"(NOT {condition(compiler, node.this, scope, 'Argument of NOT').sql})", BOOL)


def _concatenation(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
    one, other = _both(compiler, node, scope)
    kind = common([one, other], "operator ||")
    if kind not in {STRING, BYTES} and kind.kind != "ARRAY":
        raise no_signature("operator ||", one, other)
    if kind.kind == "ARRAY":  # DuckDB's || of a NULL array is the other array
        first, second = coerced(one, kind).sql, coerced(other, kind).sql
        return Typed(
            f"CASE WHEN {first} IS NULL OR {second} IS NULL THEN NULL ELSE list_concat({first}, {second}) END", kind
        )
    return Typed(f"({coerced(one, kind).sql} || {coerced(other, kind).sql})", kind)


def _is(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
    if isinstance(node.expression, exp.Null):
        return Typed(f"({compiler.expression(node.this, scope).sql} IS NULL)", BOOL)
    if isinstance(node.expression, exp.Boolean):
        found = condition(compiler, node.this, scope, "Argument of IS")
        return Typed(f"({found.sql} IS NOT DISTINCT FROM {str(node.expression.this).upper()})", BOOL)
    raise UnsupportedSqlError(f"IS {node.expression.key.upper()}")


def _between(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
    operands = _numerics(tuple(compiler.expression(node.args[part], scope) for part in ("this", "low", "high")))
    kind = comparable("operator BETWEEN", *operands)
    value, low, high = (coerced(operand, kind).sql for operand in operands)
    return Typed(f"({value} BETWEEN {low} AND {high})", BOOL)


def _like(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
    if isinstance(node.expression, (exp.Any, exp.All, exp.Tuple)):
        raise UnsupportedSqlError("LIKE ANY, LIKE ALL")
    one, other = _both(compiler, node, scope)
    if not (coerces(one, STRING) and coerces(other, STRING)):
        if BYTES in {one.type, other.type}:
            raise UnsupportedSqlError("LIKE of BYTES")
        raise no_signature("operator LIKE", one, other)
    negated = "NOT " if node.args.get("negate") else ""
    return Typed(f"({coerced(one, STRING).sql} {negated}LIKE {coerced(other, STRING).sql} ESCAPE '\\')", BOOL)


def _in(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
    value = compiler.expression(node.this, scope)
    if (query := node.args.get("query")) is not None:
        return _in_query(compiler, value, query, scope)
    if (unnest := node.args.get("unnest")) is not None:
        return _in_array(value, compiler.expression(unnest.expressions[0], scope))
    operands = _numerics((value, *(compiler.expression(each, scope) for each in node.expressions)))
    kind = comparable("operator IN", *operands)
    first, *others = (coerced(operand, kind).sql for operand in operands)
    return Typed(f"({first} IN ({', '.join(others)}))", BOOL)


def _in_query(compiler: Compiler, value: Typed, query: exp.Expression, scope: Scope) -> Typed:
    found = compiler.query(query.this if isinstance(query, exp.Subquery) else query, scope)
    if len(found.columns) != 1:
        raise BigQueryError("Subquery of type IN must have only one output column")
    kind = comparable("operator IN", value, found.columns[0])
    alias = compiler.fresh()
    column = coerced(Typed(f"{alias}.c0", found.columns[0].type), kind).sql
    return Typed(f"({coerced(value, kind).sql} IN (SELECT {column} FROM ({found.sql}) AS {alias}))", BOOL)


def _in_array(value: Typed, array: Typed) -> Typed:
    if array.type.element is None:
        raise BigQueryError(f"Second argument of IN UNNEST must be an array but was {array.type}")
    kind = comparable("operator IN UNNEST", value, Typed("", array.type.element))
    elements = Typed(f"CAST({array.sql} AS {types.physical(kind)}[])", types.array(kind)).sql
    return Typed(f"({coerced(value, kind).sql} IN (SELECT unnest({elements})))", BOOL)


_BOTH = ("this", "expression")
RULES: Mapping[type, Rule] = {
    exp.EQ: rule(_comparison("="), *_BOTH),
    exp.NEQ: rule(_comparison("<>"), *_BOTH),
    exp.LT: rule(_comparison("<"), *_BOTH),
    exp.LTE: rule(_comparison("<="), *_BOTH),
    exp.GT: rule(_comparison(">"), *_BOTH),
    exp.GTE: rule(_comparison(">="), *_BOTH),
    exp.NullSafeEQ: rule(_comparison("IS NOT DISTINCT FROM"), *_BOTH),
    exp.NullSafeNEQ: rule(_comparison("IS DISTINCT FROM"), *_BOTH),
    exp.And: rule(_logical("AND"), *_BOTH),
    exp.Or: rule(_logical("OR"), *_BOTH),
    exp.Not: rule(_not, "this"),
    exp.DPipe: rule(_concatenation, *_BOTH, "safe"),
    exp.Is: rule(_is, *_BOTH),
    exp.Between: rule(_between, "this", "low", "high"),
    exp.Like: rule(_like, *_BOTH, "negate"),
    exp.In: rule(_in, "this", "expressions", "query", "unnest"),
}
