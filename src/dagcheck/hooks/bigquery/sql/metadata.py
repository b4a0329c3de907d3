"""INFORMATION_SCHEMA: TABLES, COLUMNS, SCHEMATA, VIEWS; the columns that DAGs ask for, not all that BigQuery has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import values
from dagcheck.hooks.bigquery.sql.catalog import Stored
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Query
from dagcheck.hooks.bigquery.sql.scopes import same
from dagcheck.hooks.bigquery.sql.typed import Typed
from dagcheck.hooks.bigquery.sql.types import INT64, STRING, SqlType

_Row = dict[str, Any]
_TABLE = ("table_catalog", "table_schema", "table_name")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "TABLES": (*_TABLE, "table_type", "is_insertable_into"),
    "VIEWS": (*_TABLE, "view_definition"),
    "COLUMNS": (
        *_TABLE,
        "column_name",
        "ordinal_position",
        "is_nullable",
        "data_type",
        "is_partitioning_column",
        "column_default",
    ),
    "SCHEMATA": ("catalog_name", "schema_name"),
}


def view(compiler: Compiler, path: Sequence[str]) -> tuple[Query, tuple[Typed, ...]]:
    """Return a view of INFORMATION_SCHEMA; its columns are found by name, not by *, since they are not all there."""
    position = next(i for i, name in enumerate(path) if name.upper() == "INFORMATION_SCHEMA")
    owner, name = list(path[:position]), ".".join(path[position + 1 :]).upper()
    if name not in _COLUMNS:
        raise UnsupportedSqlError(f"INFORMATION_SCHEMA.{name}")
    project = compiler.session.project
    region = next((each for each in owner if each.lower().startswith("region-")), None)
    if len(owner) > 1 or (owner and name == "SCHEMATA" and region is None):
        project = owner[0]
    dataset = owner[-1] if owner and region is None and name != "SCHEMATA" else None
    if dataset is None and region is None and name != "SCHEMATA":
        raise BigQueryError(f"INFORMATION_SCHEMA.{name} must be qualified with a dataset or a region")
    rows = _rows(compiler, name, project, dataset)
    return _query(name, rows)


def _rows(compiler: Compiler, name: str, project: str, dataset: str | None) -> Iterable[_Row]:
    catalog = compiler.catalog
    datasets = catalog.datasets(project) if dataset is None else (dataset,)
    if name == "SCHEMATA":
        return [{"catalog_name": project, "schema_name": each} for each in datasets]
    make = {"TABLES": _table, "VIEWS": _view, "COLUMNS": _column}[name]
    return [row for each in datasets for stored in catalog.tables(project, each) for row in make(stored)]


def _named(stored: Stored) -> _Row:
    table = stored.info.id
    return dict(zip(_TABLE, (table.project, table.dataset, table.table), strict=True))


def _table(stored: Stored) -> Iterator[_Row]:
    is_view = stored.info.query is not None
    kind = {"table_type": "VIEW" if is_view else "BASE TABLE", "is_insertable_into": "NO" if is_view else "YES"}
    yield {**_named(stored), **kind}


def _view(stored: Stored) -> Iterator[_Row]:
    if stored.info.query is not None:
        yield {**_named(stored), "view_definition": stored.info.query}


def _column(stored: Stored) -> Iterator[_Row]:
    by = stored.info.partitioning.field if stored.info.partitioning is not None else None
    for number, (field, type_) in enumerate(zip(stored.info.fields, stored.types, strict=True), 1):
        yield {
            **_named(stored),
            "column_name": field.name,
            "ordinal_position": number,
            "is_nullable": "NO" if field.mode != "NULLABLE" else "YES",
            "data_type": str(type_),
            "is_partitioning_column": "YES" if same(by, field.name) else "NO",
            "column_default": field.default or "NULL",
        }


def _query(name: str, rows: Iterable[_Row]) -> tuple[Query, tuple[Typed, ...]]:
    columns = tuple(Typed(f"p{i}", _type(column), column) for i, column in enumerate(_COLUMNS[name]))
    names = ", ".join(column.sql for column in columns)
    texts = [
        f"({', '.join(values.literal(row[column.name or ''], column.type) for column in columns)})" for row in rows
    ]
    empty = f"({', '.join(values.literal(None, column.type) for column in columns)})"
    where = "" if texts else " WHERE FALSE"
    query = f"SELECT * FROM (VALUES {', '.join(texts or [empty])}) AS v({names}){where}"
    return Query(sql=query, columns=()), columns


def _type(column: str) -> SqlType:
    return INT64 if column == "ordinal_position" else STRING
