"""Aggregate functions; GoogleSQL, Aggregate functions, Approximate and Statistical aggregate functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import types, values
from dagcheck.hooks.bigquery.sql.arithmetic import DIVIDE
from dagcheck.hooks.bigquery.sql.calls import Call
from dagcheck.hooks.bigquery.sql.compiler import Compiler
from dagcheck.hooks.bigquery.sql.ordering import terms
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, coerces, no_signature
from dagcheck.hooks.bigquery.sql.types import BOOL, BYTES, FLOAT64, INT64, NUMERIC, STRING, SqlType


def contains(node: exp.Expression) -> bool:
    """Tell whether an expression has an aggregate function that is not of a subquery nor over a window."""
    if isinstance(node, (exp.Query, exp.Window)):
        return False
    if isinstance(node, exp.Anonymous) and str(node.this).upper() in AGGREGATES:
        return True
    return any(contains(child) for child in node.iter_expressions())


def aggregate(compiler: Compiler, call: Call, scope: Scope, over: str = "", *, only: str = "") -> Typed:
    """Translate the call of an aggregate function, over a window or of the rows for which `only` is true."""
    allowed, translate = AGGREGATES[call.name]
    for name in ("distinct", "order", "limit", "nulls", "having"):
        if getattr(call, name) and name not in allowed:
            raise BigQueryError(f"{call.name} does not support {name.upper()} in its arguments")
    if over and (call.order or call.limit):
        raise UnsupportedSqlError(f"ORDER BY or LIMIT in the arguments of {call.name}() OVER")
    star = [node for node in call.nodes if isinstance(node, exp.Star)]
    if star and (call.name != "COUNT" or len(call.nodes) > 1 or call.distinct):
        raise BigQueryError(f"Argument * can only be used in COUNT(*), not in {call.name}")
    call.arguments = () if star else tuple(compiler.expression(node, scope).unnamed() for node in call.nodes)
    if only:
        first = call.arguments[0] if call.arguments else Typed("1", INT64)
        call.arguments = (Typed(f"CASE WHEN {only} THEN {first.sql} END", first.type), *call.arguments[1:])
    call.sorting = tuple(terms(compiler, call.order, scope))
    call.over = over
    if call.distinct and not types.groupable(call.arguments[0].type):
        raise UnsupportedSqlError(f"{call.name}(DISTINCT) of {call.arguments[0].type}")
    return translate(compiler, call, scope)


def _one(call: Call, *kinds: SqlType) -> Typed:
    if len(call.arguments) != 1:
        raise no_signature(f"aggregate function {call.name}", *call.arguments)
    argument = call.arguments[0]
    if kinds and argument.type not in kinds:
        fitting = next((kind for kind in kinds if coerces(argument, kind)), None)
        if fitting is None:
            raise no_signature(f"aggregate function {call.name}", argument)
        return coerced(argument, fitting)
    return argument


def _count(_compiler: Compiler, call: Call, _scope: Scope) -> Typed:
    if not call.arguments:
        if call.nodes:
            return Typed(f"count(*){call.over}", INT64)
        raise no_signature("aggregate function COUNT")
    return Typed(f"count({call.inner(_one(call))}){call.over}", INT64)


def _count_if(_compiler: Compiler, call: Call, _scope: Scope) -> Typed:
    if call.distinct:
        raise UnsupportedSqlError("COUNTIF(DISTINCT)")
    return Typed(f"count(CASE WHEN {_one(call, BOOL).sql} THEN 1 END){call.over}", INT64)


def _finite_sum(value: float) -> float:
    if math.isinf(value):
        raise UnsupportedSqlError("a SUM or AVG of FLOAT64s that is infinite")
    return values.finite(value)


def _sum(compiler: Compiler, call: Call, _scope: Scope) -> Typed:
    argument = _one(call, INT64, NUMERIC, FLOAT64)
    found = Typed(f"sum({call.inner(argument)}){call.over}", argument.type)
    if argument.type == FLOAT64:
        return compiler.call(_finite_sum, [found], FLOAT64)
    return Typed(f"CAST({found.sql} AS {types.physical(argument.type)})", argument.type)


def _average(compiler: Compiler, call: Call, _scope: Scope) -> Typed:
    argument = _one(call, INT64, NUMERIC, FLOAT64)
    if argument.type != NUMERIC:
        return compiler.call(_finite_sum, [Typed(f"avg({call.inner(argument)}){call.over}", FLOAT64)], FLOAT64)
    total, count = (f"{name}({call.inner(argument)}){call.over}" for name in ("sum", "count"))
    divisor = Typed(f"nullif(CAST({count} AS DECIMAL(38,9)), 0)", NUMERIC)
    return compiler.call(DIVIDE, [Typed(total, NUMERIC), divisor], NUMERIC)


def _extreme(function: str) -> Callable[[Compiler, Call, Scope], Typed]:
    def translate(_compiler: Compiler, call: Call, _scope: Scope) -> Typed:
        argument = _one(call)
        if argument.type.kind in {"ARRAY", "STRUCT", "JSON"}:
            raise no_signature(f"aggregate function {call.name}", argument)
        return Typed(f"{function}({call.inner(argument)}){call.over}", argument.type)

    return translate


def _any_value(compiler: Compiler, call: Call, scope: Scope) -> Typed:
    argument = _one(call)
    if call.having is None:
        return Typed(f"any_value({argument.sql}){call.over}", argument.type)
    by = compiler.expression(call.having.expression, scope)
    return _by("arg_max" if call.having.args.get("max") else "arg_min", argument, by, call.over)


def _by(function: str, value: Typed, by: Typed, over: str) -> Typed:
    if by.type.kind in {"ARRAY", "STRUCT", "JSON"}:
        raise BigQueryError(f"HAVING modifier does not support expressions of type {by.type}")
    # packed: arg_max passes over values that are NULL
    return Typed(f"struct_extract({function}(struct_pack(f0 := {value.sql}), {by.sql}){over}, 'f0')", value.type)


def _extreme_by(function: str) -> Callable[[Compiler, Call, Scope], Typed]:
    def translate(_compiler: Compiler, call: Call, _scope: Scope) -> Typed:
        if len(call.arguments) != 2:
            raise no_signature(f"aggregate function {call.name}", *call.arguments)
        return _by(function, call.arguments[0], call.arguments[1], call.over)

    return translate


def _array_agg(compiler: Compiler, call: Call, scope: Scope) -> Typed:
    argument = _one(call)
    kind = types.array(argument.type)
    value = argument if argument.type != types.NULL else coerced(argument, INT64)
    not_null = f" FILTER (WHERE {value.sql} IS NOT NULL)" if call.nulls == "IGNORE NULLS" else ""
    return Typed(f"list({call.inner(value)}){not_null}{call.over}{_first(compiler, call, scope)}", kind)


def _first(compiler: Compiler, call: Call, scope: Scope) -> str:
    if call.limit is None:
        return ""
    limit = compiler.expression(call.limit, scope)
    if limit.type != INT64 or not limit.is_constant or limit.constant is None or limit.constant < 0:
        raise BigQueryError("LIMIT expects a non-negative integer literal or parameter")
    return f"[1:{limit.constant}]" if limit.constant else "[1:0]"


def _array_concat_agg(compiler: Compiler, call: Call, scope: Scope) -> Typed:
    argument = _one(call)
    if argument.type.element is None:
        raise no_signature("aggregate function ARRAY_CONCAT_AGG", argument)
    not_null = f" FILTER (WHERE {argument.sql} IS NOT NULL)"
    return Typed(f"flatten(list({call.inner(argument)}){not_null}{_first(compiler, call, scope)})", argument.type)


def _string_agg(compiler: Compiler, call: Call, scope: Scope) -> Typed:
    if len(call.arguments) not in {1, 2} or call.arguments[0].type not in {STRING, types.NULL}:
        if call.arguments and call.arguments[0].type == BYTES:
            raise UnsupportedSqlError("STRING_AGG of BYTES")
        raise no_signature("aggregate function STRING_AGG", *call.arguments)
    argument = coerced(call.arguments[0], STRING)
    delimiter = call.arguments[1] if len(call.arguments) > 1 else Typed("','", STRING, constant=",")
    if not delimiter.is_constant or delimiter.type != STRING:
        raise BigQueryError("Argument 2 to STRING_AGG must be a literal or query parameter")
    items = f"list({call.inner(argument)}) FILTER (WHERE {argument.sql} IS NOT NULL){call.over}"
    return Typed(f"array_to_string({items}{_first(compiler, call, scope)}, {delimiter.sql})", STRING)


def _plain(function: str, kind: SqlType, gives: SqlType) -> Callable[[Compiler, Call, Scope], Typed]:
    def translate(_compiler: Compiler, call: Call, _scope: Scope) -> Typed:
        return Typed(f"{function}({call.inner(_one(call, kind))}){call.over}", gives)

    return translate


def _of_two(function: str) -> Callable[[Compiler, Call, Scope], Typed]:
    def translate(_compiler: Compiler, call: Call, _scope: Scope) -> Typed:
        if len(call.arguments) != 2 or not all(coerces(argument, FLOAT64) for argument in call.arguments):
            raise no_signature(f"aggregate function {call.name}", *call.arguments)
        one, other = (coerced(argument, FLOAT64).sql for argument in call.arguments)
        return Typed(f"{function}({one}, {other}){call.over}", FLOAT64)

    return translate


def _approximate_count(_compiler: Compiler, call: Call, _scope: Scope) -> Typed:
    argument = _one(call)
    if not types.groupable(argument.type):
        raise no_signature("aggregate function APPROX_COUNT_DISTINCT", argument)
    return Typed(f"count(DISTINCT {argument.sql}){call.over}", INT64)  # exact, which an approximation may be


def _quantiles(items: list[Any], number: int) -> list[Any]:
    if number < 1:
        raise BigQueryError("The number of quantiles must be positive")
    ranks = [max(math.ceil(Decimal(i * len(items)) / number), 1) for i in range(number + 1)]
    return [items[rank - 1] for rank in ranks]


def _approximate_quantiles(compiler: Compiler, call: Call, _scope: Scope) -> Typed:
    if len(call.arguments) != 2 or call.arguments[0].type.kind in {"ARRAY", "STRUCT", "JSON"}:
        raise no_signature("aggregate function APPROX_QUANTILES", *call.arguments)
    value, number = call.arguments
    if call.nulls == "RESPECT NULLS":
        raise UnsupportedSqlError("APPROX_QUANTILES with RESPECT NULLS")
    distinct = "DISTINCT " if call.distinct else ""
    items = f"list({distinct}{value.sql} ORDER BY {value.sql}) FILTER (WHERE {value.sql} IS NOT NULL){call.over}"
    kind = types.array(value.type)
    return compiler.call(_quantiles, [Typed(items, kind), coerced(number, INT64)], kind)


_NO: frozenset[str] = frozenset()
_DISTINCT = frozenset({"distinct"})
_LISTS = frozenset({"distinct", "order", "limit"})
_Translate = Callable[[Compiler, Call, Scope], Typed]
AGGREGATES: Mapping[str, tuple[frozenset[str], _Translate]] = {
    "ANY_VALUE": (frozenset({"having"}), _any_value),
    "APPROX_COUNT_DISTINCT": (_NO, _approximate_count),
    "APPROX_QUANTILES": (frozenset({"distinct", "nulls"}), _approximate_quantiles),
    "ARRAY_AGG": (_LISTS | {"nulls"}, _array_agg),
    "ARRAY_CONCAT_AGG": (frozenset({"order", "limit"}), _array_concat_agg),
    "AVG": (_DISTINCT, _average),
    "BIT_AND": (_NO, _plain("bit_and", INT64, INT64)),
    "BIT_OR": (_NO, _plain("bit_or", INT64, INT64)),
    "BIT_XOR": (_NO, _plain("bit_xor", INT64, INT64)),
    "CORR": (_NO, _of_two("corr")),
    "COUNT": (_DISTINCT, _count),
    "COUNTIF": (_DISTINCT, _count_if),
    "COVAR_POP": (_NO, _of_two("covar_pop")),
    "COVAR_SAMP": (_NO, _of_two("covar_samp")),
    "LOGICAL_AND": (_NO, _plain("bool_and", BOOL, BOOL)),
    "LOGICAL_OR": (_NO, _plain("bool_or", BOOL, BOOL)),
    "MAX": (_DISTINCT, _extreme("max")),
    "MAX_BY": (_NO, _extreme_by("arg_max")),
    "MIN": (_DISTINCT, _extreme("min")),
    "MIN_BY": (_NO, _extreme_by("arg_min")),
    "STDDEV": (_DISTINCT, _plain("stddev_samp", FLOAT64, FLOAT64)),
    "STDDEV_POP": (_DISTINCT, _plain("stddev_pop", FLOAT64, FLOAT64)),
    "STDDEV_SAMP": (_DISTINCT, _plain("stddev_samp", FLOAT64, FLOAT64)),
    "STRING_AGG": (_LISTS, _string_agg),
    "SUM": (_DISTINCT, _sum),
    "VARIANCE": (_DISTINCT, _plain("var_samp", FLOAT64, FLOAT64)),
    "VAR_POP": (_DISTINCT, _plain("var_pop", FLOAT64, FLOAT64)),
    "VAR_SAMP": (_DISTINCT, _plain("var_samp", FLOAT64, FLOAT64)),
}
