"""CAST and SAFE_CAST, and the names of types; GoogleSQL, Conversion functions."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import formats, types, values
from dagcheck.hooks.bigquery.sql.compiler import Compiler
from dagcheck.hooks.bigquery.sql.typed import Typed, constant
from dagcheck.hooks.bigquery.sql.types import SqlType

_NAMES: Mapping[str, SqlType] = {
    "BIGINT": types.INT64,
    "INT": types.INT64,
    "SMALLINT": types.INT64,
    "TINYINT": types.INT64,
    "DOUBLE": types.FLOAT64,
    "DECIMAL": types.NUMERIC,
    "TEXT": types.STRING,
    "BINARY": types.BYTES,
    "VARBINARY": types.BYTES,
    "BOOLEAN": types.BOOL,
    "DATE": types.DATE,
    "TIME": types.TIME,
    "TIMESTAMP": types.DATETIME,  # sqlglot's names: without and with a zone
    "DATETIME": types.DATETIME,
    "TIMESTAMPTZ": types.TIMESTAMP,
    "JSON": types.JSON,
}


def type_of(node: exp.Expression, *, parameters: bool = False) -> SqlType:
    """Return the type that is written; with `parameters`, those of STRING(n) and the like are ignored."""
    if not isinstance(node, exp.DataType):
        raise UnsupportedSqlError(f"the type {node.sql('bigquery')}")
    name = node.this.name if hasattr(node.this, "name") else str(node.this)
    if name == "ARRAY":
        return types.array(type_of(node.expressions[0], parameters=parameters))
    if name == "STRUCT":
        return types.struct(_field(each, parameters=parameters) for each in node.expressions)
    if name not in _NAMES:
        raise UnsupportedSqlError(f"the type {node.sql('bigquery')}")
    if node.expressions and not parameters:
        raise UnsupportedSqlError(f"the parameters of the type {node.sql('bigquery')}")
    return _NAMES[name]


def _field(node: exp.Expression, *, parameters: bool) -> tuple[str | None, SqlType]:
    if isinstance(node, exp.ColumnDef):
        return node.name, type_of(node.args["kind"], parameters=parameters)
    return None, type_of(node, parameters=parameters)


def cast(compiler: Compiler, value: Typed, target: SqlType, *, safe: bool) -> Typed:
    """Return CAST(value AS target), or SAFE_CAST."""
    if value.type == types.NULL:
        return constant(None, target)
    if types.same(value.type, target):
        return Typed(value.sql, target)
    if value.type.kind == target.kind == "STRUCT" or value.type.element is not None or target.element is not None:
        raise UnsupportedSqlError(f"CAST of {value.type} to {target}")
    pair = value.type.kind, target.kind
    if pair in _NATIVE:
        return Typed(_NATIVE[pair].format(value.sql), target)
    call = _CALLS.get(pair)
    if call is None:
        raise BigQueryError(f"Invalid cast from {value.type} to {target}")
    if value.is_constant and value.constant is not None:
        with contextlib.suppress(BigQueryError):  # if at all, it fails where it is reached
            return constant(call(value.constant), target)
    return compiler.call(call, [value], target, safe=safe)


# what cannot fail and is alike
_NATIVE: Mapping[tuple[str, str], str] = {
    ("BOOL", "INT64"): "CAST({} AS BIGINT)",
    ("BOOL", "STRING"): "CAST({} AS VARCHAR)",
    ("INT64", "BOOL"): "({} <> 0)",
    ("INT64", "STRING"): "CAST({} AS VARCHAR)",
    ("INT64", "FLOAT64"): "CAST({} AS DOUBLE)",
    ("INT64", "NUMERIC"): "CAST({} AS DECIMAL(38,9))",
    ("NUMERIC", "FLOAT64"): "CAST({} AS DOUBLE)",
    ("STRING", "BYTES"): "encode({})",
    ("DATE", "DATETIME"): "CAST({} AS TIMESTAMP)",
    ("DATE", "TIMESTAMP"): "CAST({} AS TIMESTAMP)",
    ("DATETIME", "TIMESTAMP"): "{}",
    ("TIMESTAMP", "DATETIME"): "{}",
    ("DATETIME", "DATE"): "CAST({} AS DATE)",
    ("TIMESTAMP", "DATE"): "CAST({} AS DATE)",
    ("DATETIME", "TIME"): "CAST({} AS TIME)",
    ("TIMESTAMP", "TIME"): "CAST({} AS TIME)",
    ("DATE", "STRING"): "strftime({}, '%Y-%m-%d')",
}


def _whole(value: float | Decimal) -> int:
    if isinstance(value, float) and value in {float("inf"), float("-inf")}:
        raise BigQueryError(f"Illegal conversion of non-finite floating point number to an integer: {value}")
    found = int(Decimal(value).to_integral_value(ROUND_HALF_UP))
    if not -(2**63) <= found < 2**63:
        raise BigQueryError(f"int64 overflow: {value}")
    return found


def _float_to_numeric(value: float) -> Decimal:
    return values.numeric(Decimal(value))


def _bytes_to_string(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise BigQueryError("Invalid UTF-8 string") from error


def _from_text(target: SqlType) -> Callable[[str], Any]:
    def read(value: str) -> Any:
        found = values.from_text(value, target)
        return found.replace(tzinfo=None) if target.kind == "TIMESTAMP" else found

    return read


def _text_of(value: float | Decimal | date | datetime | time) -> str:
    return formats.canonical(value)


def _timestamp_text(value: datetime) -> str:
    return f"{formats.canonical(value)}+00"


_CALLS: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    ("FLOAT64", "INT64"): _whole,
    ("NUMERIC", "INT64"): _whole,
    ("FLOAT64", "NUMERIC"): _float_to_numeric,
    ("BYTES", "STRING"): _bytes_to_string,
    ("FLOAT64", "STRING"): _text_of,
    ("NUMERIC", "STRING"): _text_of,
    ("DATETIME", "STRING"): _text_of,
    ("TIME", "STRING"): _text_of,
    ("TIMESTAMP", "STRING"): _timestamp_text,
    **{
        ("STRING", kind): _from_text(types.SCALARS[kind])
        for kind in ("BOOL", "INT64", "FLOAT64", "NUMERIC", "DATE", "DATETIME", "TIME", "TIMESTAMP")
    },
}
