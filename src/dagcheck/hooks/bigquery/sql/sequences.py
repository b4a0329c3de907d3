"""Arrays made of queries and ranges; GoogleSQL, Array functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import calendars, types
from dagcheck.hooks.bigquery.sql.compiler import Compiler
from dagcheck.hooks.bigquery.sql.dates import interval
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, common, constant
from dagcheck.hooks.bigquery.sql.types import DATE, FLOAT64, INT64, TIMESTAMP

_Nodes = Sequence[exp.Expression]
_MOST = 1_000_000


def _array(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
    if safe or len(nodes) != 1 or not isinstance(nodes[0], exp.Query):
        raise BigQueryError(f"Syntax error: {name}() has one subquery in its parentheses")
    node = nodes[0].this if isinstance(nodes[0], exp.Subquery) else nodes[0]
    found = compiler.query(node, scope, ordered=True)
    if len(found.columns) != 1:
        raise BigQueryError(
            "ARRAY subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values"
        )
    kind, alias = types.array(found.columns[0].type), compiler.fresh()
    order = f" ORDER BY {found.order.format(row=alias)}" if found.order else ""
    return Typed(f"(SELECT coalesce(list({alias}.c0{order}), []) FROM ({found.sql}) AS {alias})", kind)


def _concatenated(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
    arrays = [compiler.expression(node, scope) for node in nodes]
    kind = common(arrays, f"function {name}")
    if safe or kind.element is None:
        raise BigQueryError(f"No matching signature for function {name} for argument types: {kind}")
    texts = [coerced(array, kind).sql for array in arrays]
    found = texts[0]
    for text in texts[1:]:
        found = f"list_concat({found}, {text})"
    missing = " OR ".join(f"{text} IS NULL" for text in texts)  # DuckDB takes a NULL for an empty list
    return Typed(f"CASE WHEN {missing} THEN NULL ELSE {found} END", kind)


def _numbers(start: Any, end: Any, step: Any) -> list[Any]:
    if step == 0:
        raise BigQueryError("Sequence step cannot be 0")
    found, value = [], start
    while (value <= end) if step > 0 else (value >= end):
        found.append(value)
        value += step
        if len(found) > _MOST:
            raise UnsupportedSqlError(f"an array of more than {_MOST} elements")
    return found


def _generate(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
    if safe or len(nodes) not in {2, 3}:
        raise BigQueryError(f"No matching signature for function {name} with {len(nodes)} arguments")
    arguments = [compiler.expression(node, scope) for node in nodes]
    if len(arguments) == 2:
        arguments.append(constant(1, INT64))
    kind = common(arguments, f"function {name}")
    if kind == FLOAT64:
        raise UnsupportedSqlError(f"{name} of FLOAT64s")
    if kind.kind not in {"INT64", "NUMERIC"}:
        raise BigQueryError(f"No matching signature for function {name} for argument types: {kind}")
    return compiler.call(_numbers, [coerced(argument, kind) for argument in arguments], types.array(kind))


def _sequence(start: Any, end: Any, step: int, part: str) -> list[Any]:
    days = not isinstance(start, datetime)
    first, last = (datetime.combine(value, time()) if days else value for value in (start, end))
    if step == 0:
        raise BigQueryError("Sequence step cannot be 0")
    found: list[Any] = []
    while len(found) <= _MOST:
        value = calendars.add(first, step * len(found), part)
        if (value > last) if step > 0 else (value < last):
            return found
        found.append(value.date() if days else value)
    raise UnsupportedSqlError(f"an array of more than {_MOST} elements")


_by_part: dict[str, Callable[[Any, Any, int], list[Any]]] = {}


def _sequence_by(part: str) -> Callable[[Any, Any, int], list[Any]]:
    return _by_part.setdefault(part, lambda start, end, step: _sequence(start, end, step, part))


def _generate_dates(compiler: Compiler, name: str, nodes: _Nodes, scope: Scope, *, safe: bool) -> Typed:
    kind = DATE if name == "GENERATE_DATE_ARRAY" else TIMESTAMP
    if safe or len(nodes) not in {2, 3} or (len(nodes) == 2 and kind == TIMESTAMP):
        raise BigQueryError(f"No matching signature for function {name} with {len(nodes)} arguments")
    ends = [coerced(compiler.expression(node, scope), kind, f"Argument of {name}") for node in nodes[:2]]
    step, part = constant(1, INT64), "DAY"
    if len(nodes) == 3:
        if not isinstance(nodes[2], exp.Interval):
            raise BigQueryError(f"No matching signature for function {name}: its third argument is an INTERVAL")
        step, part = interval(compiler, nodes[2], scope)
    allowed = {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"} if kind == DATE else {*calendars.MICROS, "DAY"}
    if part not in allowed:
        raise BigQueryError(f"{name} does not support the {part} date part")
    return compiler.call(_sequence_by(part), [*ends, step], types.array(kind))


SPECIAL: Mapping[str, Callable[..., Typed]] = {
    "ARRAY": _array,
    "ARRAY_CONCAT": _concatenated,
    "GENERATE_ARRAY": _generate,
    "GENERATE_DATE_ARRAY": _generate_dates,
    "GENERATE_TIMESTAMP_ARRAY": _generate_dates,
}
