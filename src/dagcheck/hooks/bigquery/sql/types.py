"""GoogleSQL's types: their names, what they are in DuckDB, and which becomes which without a CAST.

DATETIME and TIMESTAMP are both a TIMESTAMP of DuckDB, the latter in UTC, so that neither the session's zone nor the ICU
extension has a say. A STRUCT has fields f0, f1, ...: GoogleSQL allows unnamed ones and two of one name.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from dagcheck.hooks.bigquery.results import BigQueryError, Field, UnsupportedSqlError


@dataclass(frozen=True, slots=True)
class SqlType:
    """A type; `element` of an ARRAY, `fields` (name or None, type) of a STRUCT."""

    kind: str
    element: SqlType | None = None
    fields: tuple[tuple[str | None, SqlType], ...] = ()

    def __str__(self) -> str:
        """Show it as BigQuery's messages do."""
        if self.kind == "ARRAY":
            return f"ARRAY<{self.element}>"
        if self.kind == "STRUCT":
            return f"STRUCT<{', '.join(f'{name} {type_}' if name else str(type_) for name, type_ in self.fields)}>"
        return self.kind


BOOL, INT64, FLOAT64, NUMERIC = SqlType("BOOL"), SqlType("INT64"), SqlType("FLOAT64"), SqlType("NUMERIC")
STRING, BYTES, JSON = SqlType("STRING"), SqlType("BYTES"), SqlType("JSON")
DATE, DATETIME, TIME, TIMESTAMP = SqlType("DATE"), SqlType("DATETIME"), SqlType("TIME"), SqlType("TIMESTAMP")
NULL = SqlType("NULL")  # of the literal NULL: becomes any type

_PHYSICAL = {
    "BOOL": "BOOLEAN",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "NUMERIC": "DECIMAL(38,9)",
    "STRING": "VARCHAR",
    "BYTES": "BLOB",
    "JSON": "VARCHAR",
    "DATE": "DATE",
    "DATETIME": "TIMESTAMP",
    "TIME": "TIME",
    "TIMESTAMP": "TIMESTAMP",
    "NULL": "BIGINT",
}
SCALARS = {kind: SqlType(kind) for kind in _PHYSICAL if kind != "NULL"}
_REST = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "STRUCT": "RECORD"}
_FROM_REST = {rest: kind for kind, rest in _REST.items()}
# GoogleSQL, Conversion rules: coercion
_COERCIONS = {"INT64": ("NUMERIC", "FLOAT64"), "NUMERIC": ("FLOAT64",), "DATE": ("DATETIME",)}


class Column(Protocol):
    """What has a name and a type."""

    @property
    def name(self) -> str | None:
        """Its name, if it has one."""

    @property
    def type(self) -> SqlType:
        """Its type."""


def array(element: SqlType) -> SqlType:
    """Return the type of arrays of `element`."""
    if element.kind == "ARRAY":
        raise BigQueryError("Cannot construct array with element type ARRAY because nested arrays are not supported")
    return SqlType("ARRAY", INT64 if element == NULL else element)


def struct(fields: Iterable[tuple[str | None, SqlType]]) -> SqlType:
    """Return the type of structs with these fields."""
    known = tuple((name, INT64 if type_ == NULL else type_) for name, type_ in fields)
    if not known:
        raise UnsupportedSqlError("a STRUCT without fields")
    return SqlType("STRUCT", fields=known)


def physical(type_: SqlType) -> str:
    """Return what the type is in DuckDB."""
    if type_.element is not None:
        return f"{physical(type_.element)}[]"
    if type_.kind == "STRUCT":
        return f"STRUCT({', '.join(f'f{i} {physical(field)}' for i, (_, field) in enumerate(type_.fields))})"
    return _PHYSICAL[type_.kind]


def of_field(field: Field) -> SqlType:
    """Return the type of a column of the REST API."""
    kind = _FROM_REST.get(field.type.upper(), field.type.upper())
    if kind == "STRUCT":
        type_ = struct((inner.name, of_field(inner)) for inner in field.fields)
    elif kind in SCALARS:
        type_ = SCALARS[kind]
    else:
        raise UnsupportedSqlError(f"the type {field.type}")
    return array(type_) if field.mode == "REPEATED" else type_


def to_field(name: str, type_: SqlType, mode: str = "NULLABLE") -> Field:
    """Return the column as the REST API has it."""
    inner = type_.element or type_
    return Field(
        name=name,
        type=_REST.get(inner.kind, "INTEGER" if inner == NULL else inner.kind),
        mode="REPEATED" if type_.element is not None else mode,
        fields=tuple(to_field(field or f"_field_{i}", of) for i, (field, of) in enumerate(inner.fields, 1)),
    )


def coerces(source: SqlType, target: SqlType) -> bool:
    """Tell whether a value of `source` becomes one of `target` without a CAST, as column or as literal alike."""
    if source in {target, NULL} or target.kind in _COERCIONS.get(source.kind, ()):
        return True
    if source.element is not None and target.element is not None:
        return same(source.element, target.element)
    if source.kind == target.kind == "STRUCT" and len(source.fields) == len(target.fields):
        return all(coerces(one, other) for (_, one), (_, other) in zip(source.fields, target.fields, strict=True))
    return False


def same(one: SqlType, other: SqlType) -> bool:
    """Tell whether the types are one but for the names of fields."""
    return physical(one) == physical(other) and strip(one) == strip(other)


def strip(type_: SqlType) -> SqlType:
    """Return the type without the names of its fields."""
    element = strip(type_.element) if type_.element is not None else None
    return SqlType(type_.kind, element, tuple((None, strip(of)) for _, of in type_.fields))


def supertype(types: Iterable[SqlType]) -> SqlType | None:
    """Return the type that all become, or None; of NULLs alone, NULL."""
    found = NULL
    for type_ in types:
        if found != NULL and "DATETIME" in {type_.kind, found.kind} and type_.kind != found.kind and type_ != NULL:
            return None  # a DATE coerces, but is no DATETIME
        if coerces(type_, found) and found != NULL:
            continue
        if not coerces(found, type_):
            return None
        found = type_
    return found


def groupable(type_: SqlType) -> bool:
    """Tell whether GROUP BY, DISTINCT and = take it without reservations of this engine."""
    return type_.kind not in {"ARRAY", "STRUCT", "JSON"}


def fields_of(columns: Iterable[Column]) -> tuple[Field, ...]:
    """Return the columns of a result: those without a name are f0_, f1_, ...; two of one name are an error."""
    unnamed = itertools.count()
    found = [to_field(column.name or f"f{next(unnamed)}_", column.type) for column in columns]
    names = [field.name.lower() for field in found]
    if repeated := sorted({field.name for field in found if names.count(field.name.lower()) > 1}):
        raise BigQueryError(
            f"Duplicate column names in the result are not supported. Found duplicate(s): {', '.join(repeated)}"
        )
    return tuple(found)
