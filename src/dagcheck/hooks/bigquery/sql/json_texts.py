"""TO_JSON_STRING and TO_JSON; GoogleSQL, JSON functions: JSON encodings."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import formats, json_values, types
from dagcheck.hooks.bigquery.sql.compiler import Compiler
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed
from dagcheck.hooks.bigquery.sql.types import JSON, STRING, SqlType

_SAFE = 2**53


def encoded(value: Any, type_: SqlType, wide: Callable[[str], str]) -> str:
    """Return the JSON of a value of DuckDB; `wide` writes numbers that not every reader of JSON can hold."""
    if value is None:
        return "null"
    if type_.element is not None:
        return "[" + ",".join(encoded(each, type_.element, wide) for each in value) + "]"
    if type_.kind == "STRUCT":
        fields = enumerate(type_.fields)
        return (
            "{"
            + ",".join(f"{_quoted(name or '')}:{encoded(value[f'f{i}'], of, wide)}" for i, (name, of) in fields)
            + "}"
        )
    if type_.kind == "JSON":
        return json_values.dump(json_values.load(value))
    return _scalar(value, type_, wide)


def _scalar(value: Any, type_: SqlType, wide: Callable[[str], str]) -> str:
    if type_.kind == "BOOL":
        return "true" if value else "false"
    if type_.kind == "INT64":
        return str(value) if -_SAFE <= value <= _SAFE else wide(str(value))
    if type_.kind == "FLOAT64":
        text = formats.canonical(value)
        return text if text not in {"inf", "-inf"} else _quoted(text.replace("inf", "Infinity"))
    if type_.kind == "NUMERIC":
        return _numeric(value, wide)
    return _quoted(_text(value, type_))


def _text(value: Any, type_: SqlType) -> str:
    if type_.kind == "BYTES":
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return formats.canonical(value).replace(" ", "T") + ("Z" if type_.kind == "TIMESTAMP" else "")
    return value if isinstance(value, str) else formats.canonical(value)


def _numeric(value: Decimal, wide: Callable[[str], str]) -> str:
    text = formats.canonical(value)
    is_whole = value == value.to_integral_value() and abs(value) <= _SAFE
    return text if is_whole else wide(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _refused(text: str) -> str:
    raise UnsupportedSqlError(f"TO_JSON of the number {text}")


_by_type: dict[tuple[SqlType, bool], Callable[[Any], str]] = {}


def _encoder(type_: SqlType, *, as_json: bool) -> Callable[[Any], str]:
    def encode(value: Any) -> str:
        return json_values.parse(encoded(value, type_, _refused)) if as_json else encoded(value, type_, _quoted)

    return _by_type.setdefault((type_, as_json), encode)


def _to_json(compiler: Compiler, name: str, nodes: Sequence[exp.Expression], scope: Scope, *, safe: bool) -> Typed:
    if safe or len(nodes) != 1:
        raise UnsupportedSqlError(f"{name} with SAFE. or other than one argument")
    value = compiler.expression(nodes[0], scope)
    if value.type == types.NULL:
        raise BigQueryError(f"{name} of the literal NULL")
    kind = JSON if name == "TO_JSON" else STRING
    return compiler.call(_encoder(value.type, as_json=kind == JSON), [value], kind, nulls=True)


SPECIAL: Mapping[str, Callable[..., Typed]] = {"TO_JSON": _to_json, "TO_JSON_STRING": _to_json}
