"""Schemas: columns as the API, tests and Python values have them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dagcheck.errors import UsageError, unknown
from dagcheck.hooks.answers import short
from dagcheck.hooks.bigquery.results import Field

# The API takes GoogleSQL's names too and answers with its own.
_NAMES = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "STRUCT": "RECORD", "DECIMAL": "NUMERIC",
          "BIGDECIMAL": "BIGNUMERIC", "INT": "INTEGER", "BIGINT": "INTEGER", "SMALLINT": "INTEGER"}  # fmt: skip
TYPES = ("BIGNUMERIC", "BOOLEAN", "BYTES", "DATE", "DATETIME", "FLOAT", "GEOGRAPHY", "INTEGER", "JSON", "NUMERIC",
         "RECORD", "STRING", "TIME", "TIMESTAMP")  # fmt: skip
_ARRAY = re.compile(r"\s*ARRAY\s*<(.+)>\s*", re.I)
_PARAMETERS = re.compile(r"\s*\(.*\)")  # STRING(10), NUMERIC(38, 2)
_INT64 = range(-(2**63), 2**63)


def type_name(name: str) -> str:
    """Return the API's name of a type; raises UsageError for one that BigQuery does not have."""
    plain = _PARAMETERS.sub("", name).strip().upper()
    found = _NAMES.get(plain, plain)
    if found not in TYPES:
        raise UsageError(unknown("type of BigQuery", name, (*TYPES, *_NAMES)))
    return found


def from_api(resources: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Return the columns of a schema of the API; raises UsageError for a wrong type."""
    return tuple(
        Field(
            name=one["name"],
            type=type_name(one["type"]),
            mode=(one.get("mode") or "NULLABLE").upper(),
            fields=from_api(one.get("fields") or ()),
            description=one.get("description"),
            default=one.get("defaultValueExpression"),
        )
        for one in resources
    )


def to_api(fields: Iterable[Field]) -> list[dict[str, Any]]:
    """Return columns as the API has them."""
    return [
        {
            "name": field.name,
            "type": field.type,
            "mode": field.mode,
            **({"fields": to_api(field.fields)} if field.fields else {}),
            **({"description": field.description} if field.description is not None else {}),
            **({"defaultValueExpression": field.default} if field.default is not None else {}),
        }
        for field in fields
    ]


def given_schema(schema: Any) -> tuple[Field, ...]:
    """Return a schema as a test gives it.

    Either types by column name (`{"id": "INT64", "tags": "ARRAY<STRING>"}`), or a list of the API's columns, of
    `SchemaField`s or of Fields.
    """
    if isinstance(schema, Mapping):
        return tuple(_named(name, kind) for name, kind in schema.items())
    columns = [one.to_api_repr() if hasattr(one, "to_api_repr") else one for one in schema]
    if all(isinstance(one, Field) for one in columns):
        return tuple(columns)
    return from_api(columns)


def _named(name: str, kind: str) -> Field:
    array = _ARRAY.fullmatch(kind)
    return Field(name=name, type=type_name(array[1] if array else kind), mode="REPEATED" if array else "NULLABLE")


def inferred(rows: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Return the columns that rows have; raises UsageError for values of which BigQuery has no type, or two.

    A column of None alone is a STRING.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    return tuple(_of_values(name, [row.get(name) for row in rows]) for name in names)


def _of_values(name: str, values: Sequence[Any]) -> Field:
    known = [value for value in values if value is not None]
    if any(isinstance(value, (list, tuple)) for value in known):
        if not all(isinstance(value, (list, tuple)) for value in known):
            raise UsageError(f"column {name!r} has arrays and single values")
        inner = _of_values(name, [element for value in known for element in value])
        return Field(name=name, type=inner.type, mode="REPEATED", fields=inner.fields)
    types = dict.fromkeys(_type_of(name, value) for value in known)
    if set(types) == {"INTEGER", "FLOAT"}:
        types = {"FLOAT": None}
    if len(types) > 1:
        raise UsageError(f"column {name!r} has values of several types: {', '.join(types)}; give a schema")
    kind = next(iter(types), "STRING")
    return Field(name=name, type=kind, fields=inferred(known) if kind == "RECORD" else ())


def _type_of(name: str, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value not in _INT64:
        raise UsageError(f"column {name!r}: {value} is no INT64; a Decimal is a NUMERIC")
    if isinstance(value, dt.datetime):
        return "DATETIME" if value.tzinfo is None else "TIMESTAMP"
    kinds = {bool: "BOOLEAN", int: "INTEGER", float: "FLOAT", str: "STRING", bytes: "BYTES", Decimal: "NUMERIC",
             dt.date: "DATE", dt.time: "TIME", Mapping: "RECORD"}  # fmt: skip
    found = next((kind for of, kind in kinds.items() if isinstance(value, of)), None)
    if found is None:
        raise UsageError(f"column {name!r}: BigQuery has no type for {short(value)}")
    return found
