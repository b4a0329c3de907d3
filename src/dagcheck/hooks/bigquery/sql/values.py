"""Values between Python, DuckDB and the REST API."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import instants, types
from dagcheck.hooks.bigquery.sql.types import SqlType

_INT64 = range(-(2**63), 2**63)
_NUMERIC_UNIT = Decimal("0.000000001")
_NUMERIC_LIMIT = Decimal(10) ** 29


def literal(value: Any, type_: SqlType) -> str:
    """Return a value as DuckDB writes it, with its type."""
    if value is None:
        return f"CAST(NULL AS {types.physical(type_)})"
    if type_.element is not None:
        inner = ", ".join(literal(each, type_.element) for each in value)
        return f"CAST([{inner}] AS {types.physical(type_)})"
    if type_.kind == "STRUCT":
        inner = ", ".join(f"f{i} := {literal(each, of)}" for i, (each, of) in enumerate(_members(value, type_)))
        return f"struct_pack({inner})"
    return _scalar(value, type_)


def _scalar(value: Any, type_: SqlType) -> str:
    if type_.kind == "BOOL":
        return "TRUE" if value else "FALSE"
    if type_.kind == "BYTES":
        return "CAST('" + "".join(f"\\x{byte:02X}" for byte in value) + "' AS BLOB)"
    if type_.kind in {"STRING", "JSON"}:
        return text(value)
    if type_.kind == "TIMESTAMP" and value.tzinfo is not None:
        value = value.astimezone(timezone.utc).replace(tzinfo=None)
    return f"CAST('{value!s}' AS {types.physical(type_)})"


def text(value: str) -> str:
    """Return a string as DuckDB writes it."""
    quoted = "'" + value.replace("'", "''") + "'"
    return quoted if "\0" not in value else "(" + quoted.replace("\0", "' || chr(0) || '") + ")"


def _members(value: Any, type_: SqlType) -> list[tuple[Any, SqlType]]:
    if isinstance(value, Mapping):
        return [(value.get(name or f"_field_{i}"), of) for i, (name, of) in enumerate(type_.fields, 1)]
    return [(each, of) for each, (_, of) in zip(value, type_.fields, strict=True)]


def read(value: Any, type_: SqlType) -> Any:
    """Return what DuckDB gave as Python has it (see results)."""
    if value is None:
        return None
    if type_.element is not None:
        element = type_.element
        return [read(each, element) for each in value]
    if type_.kind == "STRUCT":
        return {name or f"_field_{i + 1}": read(value[f"f{i}"], of) for i, (name, of) in enumerate(type_.fields)}
    if type_.kind == "TIMESTAMP":
        return value.replace(tzinfo=timezone.utc)
    return bytes(value) if type_.kind == "BYTES" else value


def result(value: Any, type_: SqlType) -> Any:
    """Return a value of a result, where an ARRAY is never NULL and has no NULL in it."""
    if type_.element is not None:
        if value is None:
            return []
        if any(each is None for each in value):
            raise BigQueryError("Array cannot have a null element; error in writing field")
    found = read(value, type_)
    if type_.kind == "STRUCT" and value is not None:
        for i, (name, of) in enumerate(type_.fields):
            found[name or f"_field_{i + 1}"] = result(value[f"f{i}"], of)
    return found


def given(value: Any, type_: SqlType) -> Any:
    """Return a value from outside as its type has it: as Python has it, or in JSON's form.

    Raises BigQueryError (invalid) if it is not of the type.
    """
    if value is None:
        return [] if type_.element is not None else None
    try:
        if type_.element is not None:
            return _given_array(value, type_.element)
        if type_.kind == "STRUCT":
            return _given_struct(value, type_)
        return _given_scalar(value, type_)
    except (BigQueryError, ValueError, TypeError, InvalidOperation, AttributeError) as error:
        if isinstance(error, BigQueryError) and error.reason == "invalid":
            raise
        raise BigQueryError(f"Could not convert value {value!r} to {type_}", reason="invalid") from error


def _given_array(value: Any, element: SqlType) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(value)
    if any(each is None for each in value):
        raise BigQueryError("Only optional fields can be set to NULL", reason="invalid")
    return [given(each, element) for each in value]


def _given_struct(value: Any, type_: SqlType) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    names = {str(name).lower(): name for name in value}
    known = {(name or "").lower() for name, _ in type_.fields}
    if unknown := sorted(names.keys() - known):
        raise BigQueryError(f"no such field: {names[unknown[0]]}.", reason="invalid")
    return {name or "": given(value.get(names.get((name or "").lower(), "")), of) for name, of in type_.fields}


def _given_scalar(value: Any, type_: SqlType) -> Any:
    if isinstance(value, str) and type_.kind not in {"STRING", "JSON", "BYTES"}:
        return from_text(value, type_)
    if type_.kind in {"STRING", "JSON"}:
        if not isinstance(value, str):
            raise TypeError(value)
        return value
    if type_.kind == "BYTES":
        return base64.b64decode(value, validate=True) if isinstance(value, str) else bytes(value)
    return (
        _given_number(value, type_)
        if type_.kind in {"INT64", "FLOAT64", "NUMERIC", "BOOL"}
        else _given_time(value, type_)
    )


def _given_number(value: Any, type_: SqlType) -> Any:
    if isinstance(value, bool) != (type_.kind == "BOOL") or not isinstance(value, (int, float, Decimal)):
        raise TypeError(value)
    if type_.kind == "INT64":
        if int(value) != value or int(value) not in _INT64:
            raise ValueError(value)
        return int(value)
    if type_.kind == "NUMERIC":
        return numeric(Decimal(str(value)))
    return finite(float(value)) if type_.kind == "FLOAT64" else value


def _given_time(value: Any, type_: SqlType) -> Any:
    if type_.kind == "TIMESTAMP" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return instants.from_seconds(value)
    if type_.kind == "TIMESTAMP" and isinstance(value, datetime):
        return value.astimezone(timezone.utc) if value.tzinfo else value.replace(tzinfo=timezone.utc)
    expected = {"DATE": date, "DATETIME": datetime, "TIME": time}[type_.kind]
    if not isinstance(value, expected) or (type_.kind == "DATE" and isinstance(value, datetime)):
        raise TypeError(value)
    return value


def numeric(value: Decimal) -> Decimal:
    """Return the value as NUMERIC has it: nine digits after the point, half away from zero."""
    rounded = exact(lambda: value.quantize(_NUMERIC_UNIT, rounding=ROUND_HALF_UP)) if value.is_finite() else value
    if not value.is_finite() or abs(rounded) >= _NUMERIC_LIMIT:
        raise BigQueryError(f"numeric overflow: {value}")
    return rounded


def finite(value: float) -> float:
    """Return the value; NaN is refused, since DuckDB compares and sorts it otherwise."""
    if math.isnan(value):
        raise UnsupportedSqlError("the FLOAT64 NaN")
    return value


def from_text(value: str, type_: SqlType) -> Any:
    """Return what CAST makes of a string; GoogleSQL, Conversion functions."""
    try:
        return _FROM_TEXT[type_.kind](value)
    except (ValueError, InvalidOperation, ArithmeticError) as error:
        what = f"Bad {type_.kind.lower()} value: {value}" if type_.kind in {"INT64", "FLOAT64"} else None
        quoted = f'Could not cast literal "{value}" to type {type_}'
        raise BigQueryError(what or quoted) from error


def _integer(value: str) -> int:
    if not re.fullmatch(r"\s*[+-]?(\d+|0[xX][0-9a-fA-F]+)\s*", value):
        raise ValueError(value)
    found = int(value, 16) if "x" in value.lower() else int(value)
    if found not in _INT64:
        raise ValueError(value)
    return found


def _float(value: str) -> float:
    if "_" in value:
        raise ValueError(value)
    found = finite(float(value))
    if math.isinf(found) and "inf" not in value.lower():
        raise ValueError(value)
    return found


def _numeric(value: str) -> Decimal:
    if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", value):
        raise ValueError(value)
    return numeric(Decimal(value.strip()))


def _boolean(value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise ValueError(value)
    return value.lower() == "true"


_FROM_TEXT: Mapping[str, Any] = {
    "BOOL": _boolean,
    "INT64": _integer,
    "FLOAT64": _float,
    "NUMERIC": _numeric,
    "STRING": str,
    "BYTES": str.encode,
    "DATE": instants.date_of,
    "DATETIME": instants.datetime_of,
    "TIME": instants.time_of,
    "TIMESTAMP": instants.timestamp_of,
}


def exact(calculation: Callable[[], Any]) -> Any:
    """Return what the calculation gives with all the digits that a NUMERIC may have, and more."""
    with localcontext() as context:
        context.prec = 100
        return calculation()
