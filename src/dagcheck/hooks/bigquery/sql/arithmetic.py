"""Operators of numbers and dates; GoogleSQL, Operators."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import calendars, values
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Rule, rule
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, coerces, constant, no_signature
from dagcheck.hooks.bigquery.sql.types import DATE, FLOAT64, INT64, NUMERIC, SqlType

_Operands = tuple[Typed, Typed]


def _both(compiler: Compiler, node: exp.Expression, scope: Scope) -> _Operands:
    return compiler.expression(node.this, scope), compiler.expression(node.expression, scope)


def _number(
    sign: str, integers: str, call: Callable[[Any, Any], Any]
) -> Callable[[Compiler, exp.Expression, Scope], Typed]:
    def translate(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
        one, other = _both(compiler, node, scope)
        if sign in {"+", "-"} and (found := _of_dates(compiler, sign, one, other)):
            return found
        return arithmetic(compiler, sign, integers, call, (one, other))

    return translate


def arithmetic(
    compiler: Compiler, sign: str, integers: str, call: Callable[[Any, Any], Any], operands: _Operands
) -> Typed:
    """Return an operator on two numbers; `integers` is how DuckDB writes it for INT64, or nothing."""
    kind = _numeric_type(f"operator {sign}", *operands)
    kind = FLOAT64 if kind == INT64 and not integers else kind
    one, other = (coerced(operand, kind) for operand in operands)
    if kind == INT64:
        return Typed(integers.format(one.sql, other.sql), INT64)
    return compiler.call(call, [one, other], kind)


def _numeric_type(what: str, one: Typed, other: Typed) -> SqlType:
    kinds = {one.type.kind, other.type.kind} - {"NULL"}
    if not kinds <= {"INT64", "NUMERIC", "FLOAT64"}:
        raise no_signature(what, one, other)
    for literal, column in ((one, other), (other, one)):
        if literal.is_constant and literal.type == FLOAT64 and column.type == NUMERIC:
            raise UnsupportedSqlError("arithmetic of a NUMERIC and a FLOAT64 literal (write NUMERIC '0.1')")
    return FLOAT64 if "FLOAT64" in kinds else NUMERIC if "NUMERIC" in kinds else INT64


def _of_dates(compiler: Compiler, sign: str, one: Typed, other: Typed) -> Typed | None:
    if one.type == INT64 and other.type == DATE and sign == "+":
        one, other = other, one
    if one.type == DATE and other.type == INT64:
        return compiler.call(_later if sign == "+" else _earlier, [one, other], DATE)
    if "INTERVAL" in {one.type.kind, other.type.kind} or {one.type.kind, other.type.kind} & {
        "DATE",
        "DATETIME",
        "TIMESTAMP",
        "TIME",
    }:
        raise UnsupportedSqlError(f"{one.type} {sign} {other.type}")
    return None


def _later(day: date, count: int) -> date:
    return calendars.add(calendars.as_datetime(day), count, "DAY").date()


def _earlier(day: date, count: int) -> date:
    return _later(day, -count)


def _checked(call: Callable[[Any, Any], Any], sign: str) -> Callable[[Any, Any], Any]:
    def checked(one: Any, other: Any) -> Any:
        if sign == "/" and other == 0:
            raise BigQueryError(f"division by zero: {one} / {other}")
        try:
            found = call(one, other)
        except OverflowError:
            found = math.inf
        if isinstance(found, Decimal):
            return values.numeric(found)
        if math.isinf(found) and not (math.isinf(one) or math.isinf(other)):
            raise BigQueryError(f"double overflow: {one} {sign} {other}")
        return values.finite(found)

    checked.__name__ = call.__name__
    return checked


def add(one: Any, other: Any) -> Any:
    """Add two floats, or two NUMERICs."""
    return one + other


def subtract(one: Any, other: Any) -> Any:
    """Subtract two floats, or two NUMERICs."""
    return one - other


def multiply(one: Any, other: Any) -> Any:
    """Multiply two floats, or two NUMERICs."""
    return values.exact(lambda: one * other)


def divide(one: Any, other: Any) -> Any:
    """Divide two floats, or two NUMERICs."""
    return values.exact(lambda: one / other)


ADD, SUBTRACT = _checked(add, "+"), _checked(subtract, "-")
MULTIPLY, DIVIDE = _checked(multiply, "*"), _checked(divide, "/")


def _negative(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
    if isinstance(node.this, exp.Literal) and not node.this.is_string and node.this.name.isdigit():
        return constant(values.from_text(f"-{node.this.name}", INT64), INT64)
    found = compiler.expression(node.this, scope)
    if found.type.kind not in {"INT64", "FLOAT64", "NUMERIC"}:
        raise no_signature("operator -", found)
    if found.is_constant and found.constant is not None:
        return constant(-found.constant, found.type)
    return Typed(f"(- {found.sql})", found.type)


_BITS = (exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseLeftShift, exp.BitwiseRightShift)


def _bits(function: str) -> Callable[[Compiler, exp.Expression, Scope], Typed]:
    def translate(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
        for side in (node.this, node.expression):
            if isinstance(side, _BITS) and type(side) is not type(node):
                raise UnsupportedSqlError("several bitwise operators without parentheses")
        one, other = _both(compiler, node, scope)
        if not (coerces(one, INT64) and coerces(other, INT64)):
            raise no_signature(f"operator {function}", one, other)
        return Typed(function.format(coerced(one, INT64).sql, coerced(other, INT64).sql), INT64)

    return translate


def _bits_not(compiler: Compiler, node: exp.Expression, scope: Scope) -> Typed:
    found = compiler.expression(node.this, scope)
    if found.type != INT64:
        raise no_signature("operator ~", found)
    return Typed(f"(~ {found.sql})", INT64)


_BOTH = ("this", "expression")
RULES: Mapping[type, Rule] = {
    exp.Add: rule(_number("+", "({} + {})", ADD), *_BOTH),
    exp.Sub: rule(_number("-", "({} - {})", SUBTRACT), *_BOTH),
    exp.Mul: rule(_number("*", "({} * {})", MULTIPLY), *_BOTH),
    exp.Div: rule(_number("/", "", DIVIDE), *_BOTH, "typed", "safe"),
    exp.Neg: rule(_negative, "this"),
    exp.BitwiseAnd: rule(_bits("({} & {})"), *_BOTH),
    exp.BitwiseOr: rule(_bits("({} | {})"), *_BOTH),
    exp.BitwiseXor: rule(_bits("xor({}, {})"), *_BOTH),
    exp.BitwiseNot: rule(_bits_not, "this"),
}
