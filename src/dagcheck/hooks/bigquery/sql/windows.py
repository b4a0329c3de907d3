"""Window functions; GoogleSQL, Window function calls, Numbering functions, Navigation functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import aggregates, calls
from dagcheck.hooks.bigquery.sql.calls import Call
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Rule, check_parts, describe, rule
from dagcheck.hooks.bigquery.sql.ordering import terms
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, coerces, common
from dagcheck.hooks.bigquery.sql.types import FLOAT64, INT64, SqlType


def named(node: exp.Select) -> dict[str, object]:
    """Return the windows of the WINDOW clause."""
    return {window.this.name.lower(): window for window in node.args.get("windows") or ()}


def _window(compiler: Compiler, node: exp.Window, scope: Scope) -> Typed:
    function = node.this
    if not isinstance(function, exp.Anonymous):
        raise UnsupportedSqlError(f"OVER after {describe(function)}")
    call = calls.taken_apart(function)
    over = f" OVER ({_specification(compiler, node, scope)})"
    if call.name in aggregates.AGGREGATES:
        return aggregates.aggregate(compiler, call, scope, over)
    if call.name not in WINDOW_FUNCTIONS:
        raise UnsupportedSqlError(f"the window function {call.name}")
    if call.distinct or call.order or call.limit or call.having:
        raise BigQueryError(f"{call.name} does not support DISTINCT, ORDER BY, LIMIT or HAVING in its arguments")
    call.arguments = tuple(compiler.expression(each, scope).unnamed() for each in call.nodes)
    needs_order, translate = WINDOW_FUNCTIONS[call.name]
    if needs_order and " ORDER BY " not in f" {_specification(compiler, node, scope)}":
        raise BigQueryError(f"Window ORDER BY is required for analytic function {call.name}")
    return translate(call, over)


def _specification(compiler: Compiler, node: exp.Window, scope: Scope) -> str:
    partition, order, frame = _inherited(node, scope)
    texts = []
    if partition:
        keys = [compiler.expression(key, scope) for key in partition]
        for key in keys:
            if key.type.kind in {"ARRAY", "STRUCT", "JSON"}:
                raise BigQueryError(f"Partitioning by expressions of type {key.type} is not allowed")
        texts.append(f"PARTITION BY {', '.join(key.sql for key in keys)}")
    if order is not None:
        texts.append(f"ORDER BY {', '.join(term.sql + term.direction for term in terms(compiler, order, scope))}")
    if frame is not None:
        texts.append(_frame(compiler, frame, scope))
    return " ".join(texts)


def _inherited(
    node: exp.Window, scope: Scope
) -> tuple[list[exp.Expression], exp.Expression | None, exp.Expression | None]:
    own = node.args.get("partition_by") or [], node.args.get("order"), node.args.get("spec")
    alias = node.args.get("alias")
    if alias is None:
        return own
    window = scope.windows.get(alias.name.lower())
    if not isinstance(window, exp.Window):
        raise BigQueryError(f"Unrecognized window alias {alias.name}")
    check_parts(window, {"this", "partition_by", "order", "spec", "alias", "over"})
    inherited = _inherited(window, scope)
    return own[0] or inherited[0], own[1] or inherited[1], own[2] or inherited[2]


def _frame(compiler: Compiler, node: exp.Expression, scope: Scope) -> str:
    check_parts(node, {"kind", "start", "start_side", "end", "end_side"})
    ends = []
    for key in ("start", "end"):
        bound = node.args.get(key)
        if bound is None:
            ends.append("CURRENT ROW")
            continue
        text = bound if isinstance(bound, str) else _offset(compiler, bound, scope)
        ends.append(f"{text} {node.args.get(f'{key}_side') or ''}".strip())
    return f"{node.args['kind']} BETWEEN {ends[0]} AND {ends[1]}"


def _offset(compiler: Compiler, node: exp.Expression, scope: Scope) -> str:
    value = compiler.expression(node, scope)
    if value.type not in {INT64, FLOAT64} or not value.is_constant:
        raise UnsupportedSqlError(f"a window frame with an offset of {value.type}")
    return value.sql


def _numbering(function: str, gives: SqlType) -> Callable[[Call, str], Typed]:
    def translate(call: Call, over: str) -> Typed:
        if call.arguments:
            raise BigQueryError(f"No matching signature for function {call.name} with {len(call.arguments)} arguments")
        return Typed(f"{function}(){over}", gives)

    return translate


def _ntile(call: Call, over: str) -> Typed:
    if len(call.arguments) != 1:
        raise BigQueryError("No matching signature for function NTILE: it has one argument")
    return Typed(f"ntile({coerced(call.arguments[0], INT64).sql}){over}", INT64)


def _neighbour(function: str) -> Callable[[Call, str], Typed]:
    def translate(call: Call, over: str) -> Typed:
        if not 1 <= len(call.arguments) <= 3 or call.nulls:
            raise BigQueryError(f"No matching signature for function {call.name}: value, offset, default")
        value, *others = call.arguments
        kind = value.type
        texts = [value.sql]
        if others:
            texts.append(_not_negative(call.name, others[0]))
        if len(others) > 1:
            kind = common([value, others[1]], f"function {call.name}")
            texts = [coerced(value, kind).sql, texts[1], coerced(others[1], kind).sql]
        return Typed(f"{function}({', '.join(texts)}){over}", kind)

    return translate


def _not_negative(name: str, offset: Typed) -> str:
    if offset.type != INT64 or not offset.is_constant or offset.constant is None or offset.constant < 0:
        raise BigQueryError(f"The offset of {name} must be a non-negative integer literal or parameter")
    return offset.sql


def _value(function: str) -> Callable[[Call, str], Typed]:
    def translate(call: Call, over: str) -> Typed:
        wanted = 2 if function == "nth_value" else 1
        if len(call.arguments) != wanted:
            raise BigQueryError(f"No matching signature for function {call.name} with {len(call.arguments)} arguments")
        texts = [call.arguments[0].sql]
        if wanted == 2:
            texts.append(_not_negative(call.name, call.arguments[1]))
        nulls = f" {call.nulls}" if call.nulls else ""
        return Typed(f"{function}({', '.join(texts)}{nulls}){over}", call.arguments[0].type)

    return translate


def _percentile(function: str) -> Callable[[Call, str], Typed]:
    def translate(call: Call, over: str) -> Typed:
        if len(call.arguments) != 2 or call.nulls == "RESPECT NULLS" or " ORDER BY " in over or "(ORDER BY " in over:
            raise UnsupportedSqlError(f"{call.name} with RESPECT NULLS, ORDER BY, or other than two arguments")
        value, at = call.arguments
        if not at.is_constant or not coerces(at, FLOAT64) or not 0 <= at.constant <= 1:
            raise BigQueryError(f"Second argument of {call.name} must be a literal between 0 and 1")
        kind = value.type
        if function == "quantile_cont":
            if kind.kind not in {"INT64", "FLOAT64"}:
                raise UnsupportedSqlError(f"PERCENTILE_CONT of {kind}")
            value, kind = coerced(value, FLOAT64), FLOAT64
        return Typed(f"{function}({value.sql}, {float(at.constant)!r}){over}", kind)

    return translate


WINDOW_FUNCTIONS: Mapping[str, tuple[bool, Callable[[Call, str], Typed]]] = {
    "CUME_DIST": (True, _numbering("cume_dist", FLOAT64)),
    "DENSE_RANK": (True, _numbering("dense_rank", INT64)),
    "FIRST_VALUE": (True, _value("first_value")),
    "LAG": (True, _neighbour("lag")),
    "LAST_VALUE": (True, _value("last_value")),
    "LEAD": (True, _neighbour("lead")),
    "NTH_VALUE": (True, _value("nth_value")),
    "NTILE": (True, _ntile),
    "PERCENTILE_CONT": (False, _percentile("quantile_cont")),
    "PERCENTILE_DISC": (False, _percentile("quantile_disc")),
    "PERCENT_RANK": (True, _numbering("percent_rank", FLOAT64)),
    "RANK": (True, _numbering("rank", INT64)),
    "ROW_NUMBER": (False, _numbering("row_number", INT64)),
}

RULES: Mapping[type, Rule] = {
    exp.Window: rule(_window, "this", "partition_by", "order", "spec", "alias", "over"),
}
