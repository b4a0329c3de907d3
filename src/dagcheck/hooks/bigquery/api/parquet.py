"""Parquet, by pyarrow where it is installed: https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from dagcheck.hooks.bigquery.api.errors import invalid
from dagcheck.hooks.bigquery.results import Field


def read_parquet(content: bytes) -> tuple[tuple[Field, ...], list[dict[str, Any]]]:
    """Return columns and rows of a file; raises ServiceError without pyarrow, and for a type that is not known."""
    if find_spec("pyarrow") is None:
        raise invalid("mock_bigquery reads Parquet with pyarrow, which is not installed")
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(io.BytesIO(content))
    fields = tuple(_field(column.name, column.type) for column in table.schema)
    rows = [{field.name: _value(field, row[field.name]) for field in fields} for row in table.to_pylist()]
    return fields, rows


def write_parquet(fields: Sequence[Field], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a file with these rows; raises ServiceError without pyarrow."""
    if find_spec("pyarrow") is None:
        raise invalid("mock_bigquery writes Parquet with pyarrow, which is not installed")
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.schema([(field.name, _arrow(pyarrow, field)) for field in fields])
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows), schema=schema), file)
    return file.getvalue()


def _field(name: str, kind: Any) -> Field:
    from pyarrow import types

    if types.is_list(kind) or types.is_large_list(kind):
        inner = _field(name, kind.value_type)
        return Field(name=name, type=inner.type, mode="REPEATED", fields=inner.fields)
    if types.is_struct(kind):
        return Field(name=name, type="RECORD", fields=tuple(_field(one.name, one.type) for one in kind))
    if types.is_timestamp(kind):
        return Field(name=name, type="DATETIME" if kind.tz is None else "TIMESTAMP")
    checks = {
        "INTEGER": types.is_integer, "FLOAT": types.is_floating, "BOOLEAN": types.is_boolean, "DATE": types.is_date,
        "TIME": types.is_time, "NUMERIC": types.is_decimal,
        "STRING": lambda one: types.is_string(one) or types.is_large_string(one) or types.is_null(one),
        "BYTES": lambda one: types.is_binary(one) or types.is_large_binary(one),
    }  # fmt: skip
    found = next((name for name, check in checks.items() if check(kind)), None)
    if found is None:
        raise invalid(f"mock_bigquery does not load the type {kind} of Parquet (column {name})")
    return Field(name=name, type=found)


def _value(field: Field, value: Any) -> Any:
    """Parquet keeps nanoseconds, for which pyarrow may use a type of pandas."""
    if field.type in {"DATETIME", "TIMESTAMP"} and hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return value


def _arrow(pyarrow: Any, field: Field) -> Any:
    if field.mode == "REPEATED":
        return pyarrow.list_(_arrow(pyarrow, Field(name=field.name, type=field.type, fields=field.fields)))
    if field.type == "RECORD":
        return pyarrow.struct([(inner.name, _arrow(pyarrow, inner)) for inner in field.fields])
    kinds = {"INTEGER": pyarrow.int64(), "FLOAT": pyarrow.float64(), "BOOLEAN": pyarrow.bool_(),
             "BYTES": pyarrow.binary(), "DATE": pyarrow.date32(), "DATETIME": pyarrow.timestamp("us"),
             "TIME": pyarrow.time64("us"), "TIMESTAMP": pyarrow.timestamp("us", tz="UTC"),
             "NUMERIC": pyarrow.decimal128(38, 9), "BIGNUMERIC": pyarrow.decimal256(76, 38)}  # fmt: skip
    return kinds.get(field.type, pyarrow.string())
