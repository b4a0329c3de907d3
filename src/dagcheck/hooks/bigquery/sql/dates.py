"""Functions of dates and times by parts (_ADD, _DIFF, _TRUNC, EXTRACT), and the clock.

GoogleSQL, Date functions, Datetime functions, Time functions, Timestamp functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import calendars, instants, types
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Rule, describe, rule
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, coerces, constant
from dagcheck.hooks.bigquery.sql.types import DATE, DATETIME, INT64, STRING, TIME, TIMESTAMP, SqlType

_SUB_DAY = frozenset(calendars.MICROS)
# which parts a function of a type takes
_PARTS: Mapping[str, frozenset[str]] = {
    "DATE_ADD": frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}),
    "DATETIME_ADD": _SUB_DAY | {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"},
    "TIMESTAMP_ADD": _SUB_DAY | {"DAY"},
    "TIME_ADD": _SUB_DAY,
    "DATE_DIFF": calendars.DATE_PARTS,
    "DATETIME_DIFF": calendars.DATE_PARTS | _SUB_DAY,
    "TIMESTAMP_DIFF": _SUB_DAY | {"DAY"},
    "TIME_DIFF": _SUB_DAY,
    "DATE_TRUNC": calendars.DATE_PARTS,
    "DATETIME_TRUNC": calendars.DATE_PARTS | _SUB_DAY,
    "TIMESTAMP_TRUNC": calendars.DATE_PARTS | _SUB_DAY,
    "TIME_TRUNC": _SUB_DAY,
}


def part_of(node: exp.Expression) -> str:
    """Return the name of a part: DAY, WEEK(MONDAY), ..."""
    if isinstance(node, exp.Anonymous) and str(node.this).upper() == "WEEK" and len(node.expressions) == 1:
        return f"WEEK({node.expressions[0].name.upper()})"
    return str(node.name).upper()


def _checked_part(function: str, part: str) -> str:
    known = _PARTS[function.replace("SUB", "ADD")]
    if part not in known:
        raise BigQueryError(f"A valid date part name is required but found {part}, or {function} does not support it")
    return part


def _back(value: datetime, like: date | datetime | time) -> Any:
    if isinstance(like, datetime):
        return value
    return value.date() if isinstance(like, date) else value.time()


def _adding(part: str, sign: int) -> Callable[[Any, int], Any]:
    def add(value: Any, count: int) -> Any:
        return _back(calendars.add(calendars.as_datetime(value), sign * count, part), value)

    return add


def _differing(part: str, *, whole: bool) -> Callable[[Any, Any], int]:
    def differ(late: Any, early: Any) -> int:
        ends = calendars.as_datetime(late), calendars.as_datetime(early)
        found = calendars.elapsed(*ends, part) if whole else calendars.difference(*ends, part)
        if isinstance(late, time) and found != calendars.difference(*ends, part):
            raise UnsupportedSqlError(
                f"TIME_DIFF by {part} of {late} and {early}, of which the documentation says two things"
            )
        return found

    return differ


def _truncating(part: str) -> Callable[..., Any]:
    def truncate(value: Any, zone: str = "UTC") -> Any:
        if zone == "UTC":
            return _back(calendars.truncate(calendars.as_datetime(value), part), value)
        if part in _SUB_DAY:
            raise UnsupportedSqlError(f"TIMESTAMP_TRUNC to {part} in a zone")
        local = calendars.truncate(instants.in_zone(value, zone), part)
        return instants.to_utc(local, zone).replace(tzinfo=None)

    return truncate


def _extracting(part: str) -> Callable[..., Any]:
    def extract(value: Any, zone: str = "UTC") -> Any:
        local = calendars.as_datetime(value) if zone == "UTC" else instants.in_zone(value, zone)
        return calendars.extract(local, part)

    return extract


def _of_part(make: Callable[..., Callable[..., Any]]) -> Callable[..., Callable[..., Any]]:
    """Return a factory that gives one function per part, since DuckDB knows each by its identity."""
    known: dict[tuple[Any, ...], Callable[..., Any]] = {}

    def made(*key: Any, **options: Any) -> Callable[..., Any]:
        return known.setdefault((*key, *options.values()), make(*key, **options))

    return made


_add, _diff, _trunc, _extract = (_of_part(make) for make in (_adding, _differing, _truncating, _extracting))


def _arguments(
    compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, counts: tuple[int, ...]
) -> list[Typed]:
    if len(nodes) not in counts:
        raise BigQueryError(f"No matching signature for function {name} with {len(nodes)} arguments")
    return [compiler.expression(node, scope) for node in nodes]


def _own(name: str, value: Typed) -> tuple[SqlType, str]:
    """Return the type that a function works on, and the family of the function that does that."""
    family = name.split("_", maxsplit=1)[0]
    wanted = types.SCALARS[family]
    if coerces(value, wanted) and (value.type.kind in {family, "STRING", "NULL"} or family == "DATETIME"):
        return wanted, family
    if family in {"DATE", "DATETIME", "TIMESTAMP"} and value.type.kind in {"DATETIME", "TIMESTAMP"}:
        if not name.endswith("_TRUNC"):  # the documentation has these for its own type alone
            raise UnsupportedSqlError(f"{name} of a {value.type}")
        return value.type, value.type.kind
    raise BigQueryError(f"No matching signature for function {name} for argument types: {value.type}, ...")


def _shift(sign: int) -> Callable[..., Typed]:
    def translate(compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, *, safe: bool) -> Typed:
        if len(nodes) != 2 or not isinstance(nodes[1], exp.Interval):
            raise BigQueryError(f"No matching signature for function {name}: its second argument is an INTERVAL")
        value = compiler.expression(nodes[0], scope)
        kind, family = _own(name, value)
        count, part = interval(compiler, nodes[1], scope)
        _checked_part(f"{family}_ADD", part)
        return compiler.call(_add(part, sign), [coerced(value, kind), count], kind, safe=safe)

    return translate


def interval(compiler: Compiler, node: exp.Interval, scope: Scope) -> tuple[Typed, str]:
    """Return the number and the part of INTERVAL n part."""
    unit = node.args.get("unit")
    if not isinstance(unit, exp.Var):
        raise UnsupportedSqlError("an INTERVAL of several parts")
    if isinstance(node.this, exp.Literal):  # sqlglot makes a string of the number
        if not node.this.name.lstrip("-").isdigit():
            raise UnsupportedSqlError(f"INTERVAL {node.this.name!r}")
        return constant(int(node.this.name), INT64), unit.name.upper()
    return coerced(compiler.expression(node.this, scope), INT64, "INTERVAL"), unit.name.upper()


def _difference(compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, *, safe: bool) -> Typed:
    if len(nodes) != 3:
        raise BigQueryError(f"No matching signature for function {name} with {len(nodes)} arguments")
    late, early = _arguments(compiler, name, nodes[:2], scope, (2,))
    kinds = {_own(name, late)[1], _own(name, early)[1]}
    family = "DATETIME" if kinds == {"DATE", "DATETIME"} else kinds.pop()
    if kinds and family != "DATETIME":
        raise BigQueryError(f"No matching signature for function {name} for argument types: {late.type}, {early.type}")
    part = _checked_part(f"{family}_DIFF", part_of(nodes[2]))
    kind = types.SCALARS[family]
    call = _diff(part, whole=family in {"TIMESTAMP", "TIME"})
    return compiler.call(call, [coerced(late, kind), coerced(early, kind)], INT64, safe=safe)


def _truncation(compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, *, safe: bool) -> Typed:
    if len(nodes) not in {2, 3}:
        raise BigQueryError(f"No matching signature for function {name} with {len(nodes)} arguments")
    value = compiler.expression(nodes[0], scope)
    kind, family = _own(name, value)
    part = _checked_part(f"{family}_TRUNC", part_of(nodes[1]))
    arguments = [coerced(value, kind)]
    if len(nodes) == 3:
        if family != "TIMESTAMP":
            raise BigQueryError(f"No matching signature for function {name}: only a TIMESTAMP has a zone")
        arguments.append(coerced(compiler.expression(nodes[2], scope), STRING))
    return compiler.call(_trunc(part), arguments, kind, safe=safe)


def _last_day(compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, *, safe: bool) -> Typed:
    [value] = _arguments(compiler, name, nodes[:1], scope, (1,))
    if value.type.kind not in {"DATE", "DATETIME"} and not coerces(value, DATE):
        raise BigQueryError(f"No matching signature for function {name} for argument types: {value.type}")
    part = _checked_part("DATE_TRUNC", part_of(nodes[1]) if len(nodes) > 1 else "MONTH")
    kind = DATETIME if value.type == DATETIME else DATE
    return compiler.call(_last(part), [coerced(value, kind)], DATE, safe=safe)


def _lasting(part: str) -> Callable[[Any], date]:
    return lambda value: calendars.last_day(calendars.as_datetime(value).date(), part)


_last = _of_part(_lasting)
_EXTRACT_DATE = {"YEAR", "QUARTER", "MONTH", "DAY", "DAYOFWEEK", "DAYOFYEAR", "ISOYEAR", *calendars.WEEKS}
_EXTRACT_TIME = {"HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"}
_EXTRACTS = {
    "DATE": _EXTRACT_DATE,
    "TIME": _EXTRACT_TIME,
    "DATETIME": _EXTRACT_DATE | _EXTRACT_TIME,
    "TIMESTAMP": _EXTRACT_DATE | _EXTRACT_TIME,
}


def _extraction(compiler: Compiler, node: exp.Extract, scope: Scope) -> Typed:
    source, zone = node.expression, None
    if isinstance(source, exp.AtTimeZone):
        source, zone = source.this, coerced(compiler.expression(source.args["zone"], scope), STRING)
    value = compiler.expression(source, scope)
    part = part_of(node.this)
    if value.type.kind not in _EXTRACTS or (zone is not None and value.type != TIMESTAMP):
        raise BigQueryError(f"EXTRACT from {value.type} is not supported" + (" with AT TIME ZONE" if zone else ""))
    if part in {"DATE", "TIME", "DATETIME"} and value.type.kind in {"DATETIME", "TIMESTAMP"}:
        local = _in_zone(compiler, value, zone)
        return Typed(f"CAST({local} AS {types.physical(types.SCALARS[part])})", types.SCALARS[part])
    if part not in _EXTRACTS[value.type.kind]:
        raise BigQueryError(f"EXTRACT from {value.type} does not support the {part} date part")
    return compiler.call(_extract(part), [value, *([zone] if zone else [])], INT64)


def _in_zone(compiler: Compiler, value: Typed, zone: Typed | None) -> str:
    return compiler.call(instants.in_zone, [value, zone], DATETIME).sql if zone is not None else value.sql


def _now(kind: SqlType) -> Callable[..., Typed]:
    def translate(compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, *, safe: bool) -> Typed:
        del safe
        moment = compiler.session.now
        zones = _arguments(compiler, name, nodes, scope, (0,) if kind == TIMESTAMP else (0, 1))
        if zones:
            if not zones[0].is_constant:
                raise UnsupportedSqlError(f"{name} of a zone that is no literal")
            moment = instants.in_zone(moment, coerced(zones[0], STRING).constant)
        value = {"DATE": moment.date(), "TIME": moment.time()}.get(kind.kind, moment)
        return Typed(constant(value, kind).sql, kind)

    return translate


_FAMILIES = ("DATE", "DATETIME", "TIME", "TIMESTAMP")
SPECIAL: Mapping[str, Callable[..., Typed]] = {
    **{f"{family}_ADD": _shift(1) for family in _FAMILIES},
    **{f"{family}_SUB": _shift(-1) for family in _FAMILIES},
    **{f"{family}_DIFF": _difference for family in _FAMILIES},
    **{f"{family}_TRUNC": _truncation for family in _FAMILIES},
    "LAST_DAY": _last_day,
    "CURRENT_DATE": _now(DATE),
    "CURRENT_DATETIME": _now(DATETIME),
    "CURRENT_TIME": _now(TIME),
    "CURRENT_TIMESTAMP": _now(TIMESTAMP),
}


def _no_interval(_compiler: Compiler, node: exp.Expression, _scope: Scope) -> Typed:
    raise UnsupportedSqlError(f"{describe(node)} as a value")


RULES: Mapping[type, Rule] = {
    exp.Extract: rule(_extraction, "this", "expression"),
    exp.Interval: rule(_no_interval, "this", "unit"),
}
