"""What mathematical functions do that DuckDB's do otherwise; GoogleSQL, Mathematical functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import values


def div(one: int, other: int) -> int:
    """DIV: towards zero."""
    if other == 0:
        raise BigQueryError(f"division by zero: DIV({one}, {other})")
    return int64(abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1))


def div_numeric(one: Decimal, other: Decimal) -> Decimal:
    """DIV of NUMERICs."""
    if other == 0:
        raise BigQueryError(f"division by zero: DIV({one}, {other})")
    return values.numeric(values.exact(lambda: (one / other).to_integral_value(ROUND_DOWN)))


def mod(one: int, other: int) -> int:
    """MOD: has the sign of the first."""
    if other == 0:
        raise BigQueryError(f"division by zero: MOD({one}, {other})")
    return int(math.copysign(1, one)) * (abs(one) % abs(other))


def mod_numeric(one: Decimal, other: Decimal) -> Decimal:
    """MOD of NUMERICs."""
    if other == 0:
        raise BigQueryError(f"division by zero: MOD({one}, {other})")
    found: Decimal = values.exact(lambda: one % other)
    return found


def int64(value: int) -> int:
    """Return an INT64; beyond its bounds is an error."""
    if not -(2**63) <= value < 2**63:
        raise BigQueryError(f"int64 overflow: {value}")
    return value


def absolute(value: Any) -> Any:
    """ABS."""
    return int64(abs(value)) if isinstance(value, int) else abs(value)


def _rounding(mode: str) -> Callable[..., Any]:
    def rounded(value: Any, digits: int = 0) -> Any:
        if isinstance(value, float):
            return _float(value, digits, mode)
        return values.numeric(_at(value, digits, mode))

    rounded.__doc__ = f"Round a FLOAT64 or NUMERIC to digits after the point, with {mode}."
    return rounded


def _at(value: Decimal, digits: int, mode: str) -> Decimal:
    unit = Decimal(1).scaleb(-min(max(digits, -60), 60))
    found: Decimal = values.exact(lambda: (value / unit).to_integral_value(mode) * unit)
    return found


def _float(value: float, digits: int, mode: str) -> float:
    if math.isinf(value) or value == 0:
        return value
    if digits == 0:
        return float(Decimal(value).to_integral_value(mode))
    # the decimal that the float is written as; where that and the float's exact value round apart, nobody says which
    written, binary = float(_at(Decimal(repr(value)), digits, mode)), float(_at(Decimal(value), digits, mode))
    if written != binary:
        raise UnsupportedSqlError(f"rounding the FLOAT64 {value!r}, which is between two results (use a NUMERIC)")
    return written


round_half_up, truncate = _rounding(ROUND_HALF_UP), _rounding(ROUND_DOWN)
ceiling, floor = _rounding(ROUND_CEILING), _rounding(ROUND_FLOOR)


def checked(function: Callable[..., float], name: str) -> Callable[..., float]:
    """Return a function of math whose errors are BigQuery's."""

    def called(*arguments: float) -> float:
        try:
            found = function(*arguments)
        except (ValueError, ZeroDivisionError) as error:
            raise BigQueryError(f"Argument to {name} is out of its domain: {arguments}") from error
        except OverflowError as error:
            raise BigQueryError(f"Floating point overflow in function: {name}") from error
        return values.finite(float(found))

    return called


def sign(value: Any) -> Any:
    """SIGN."""
    kind = type(value)
    return kind(0 if value == 0 else 1 if value > 0 else -1)


def safe_divide(one: Any, other: Any) -> Any:
    """SAFE_DIVIDE."""
    if other == 0:
        return None
    try:
        found = values.exact(lambda: one / other)
        return values.numeric(found) if isinstance(found, Decimal) else _finite_or_null(found)
    except (BigQueryError, OverflowError):
        return None


def _finite_or_null(value: float) -> float | None:
    return None if math.isinf(value) else values.finite(value)


def safe(function: Callable[[Any, Any], Any], low: int = -(2**63), high: int = 2**63) -> Callable[[Any, Any], Any]:
    """Return SAFE_ADD and the like: NULL where the operator overflows."""

    def called(one: Any, other: Any) -> Any:
        try:
            found = values.exact(lambda: function(one, other))
            if isinstance(found, int):
                return found if low <= found < high else None
            return values.numeric(found) if isinstance(found, Decimal) else _finite_or_null(found)
        except (BigQueryError, OverflowError):
            return None

    return called
