"""Names of tables: the default project and dataset, views, wildcards, INFORMATION_SCHEMA."""

from __future__ import annotations

from collections.abc import Sequence

from dagcheck.hooks.bigquery.results import BigQueryError, TableId, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import metadata, parsing, types, values
from dagcheck.hooks.bigquery.sql.catalog import ARRIVAL, TEMPORARY, Stored
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Query
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed
from dagcheck.hooks.bigquery.sql.types import DATE, STRING, TIMESTAMP

_DEEPEST = 15  # Quotas and limits: nested views


def table_id(compiler: Compiler, path: Sequence[str]) -> TableId:
    """Return which table a name means; BigQueryError if it needs a default dataset and there is none."""
    session = compiler.session
    if len(path) > 3:
        raise BigQueryError(f"Invalid table name: {'.'.join(path)}")
    if len(path) == 1:
        temporary = TableId(project=session.project, dataset=TEMPORARY, table=path[0])
        if compiler.catalog.find(temporary):
            return temporary
        if session.dataset is None:
            raise BigQueryError(
                f'Table "{path[0]}" must be qualified with a dataset (e.g. dataset.table).', reason="invalid"
            )
    *owner, dataset = (session.dataset or "").split(".")
    project = path[0] if len(path) == 3 else owner[0] if owner and len(path) == 1 else session.project
    return TableId(project=project, dataset=path[-2] if len(path) > 1 else dataset, table=path[-1])


def table_query(compiler: Compiler, path: Sequence[str]) -> tuple[Query, tuple[Typed, ...]]:
    """Return what reading a table means, and its pseudo-columns."""
    if "INFORMATION_SCHEMA" in [name.upper() for name in path]:
        return metadata.view(compiler, path)
    if path[-1].endswith("*"):
        return _wildcard(compiler, table_id(compiler, path))
    stored = compiler.catalog.get(table_id(compiler, path))
    if stored.info.query is not None:
        return view_query(compiler, stored), ()
    return stored_query(stored)


def _wildcard(compiler: Compiler, named: TableId) -> tuple[Query, tuple[Typed, ...]]:
    """Return the rows of all tables whose names begin alike, with the columns of the one created last."""
    prefix = named.table.removesuffix("*")
    tables = [
        stored
        for stored in compiler.catalog.tables(named.project, named.dataset)
        if stored.info.id.table.startswith(prefix) and stored.info.query is None
    ]
    if not tables:
        raise BigQueryError(f"{named} does not match any table.")
    if any(stored.by_arrival for stored in tables):
        raise UnsupportedSqlError("a wildcard over tables partitioned by the time of arrival")
    latest = max(tables, key=lambda stored: stored.number)
    columns = tuple(
        Typed(f"c{i}", type_, field.name)
        for i, (type_, field) in enumerate(zip(latest.types, latest.info.fields, strict=True))
    )
    parts = [_part(stored, columns, stored.info.id.table.removeprefix(prefix)) for stored in tables]
    return Query(sql=" UNION ALL ".join(parts), columns=columns), (Typed("p0", STRING, "_TABLE_SUFFIX"),)


def _part(stored: Stored, columns: Sequence[Typed], suffix: str) -> str:
    own = {field.name.lower(): i for i, field in enumerate(stored.info.fields)}
    texts = []
    for column in columns:
        position = own.get((column.name or "").lower())
        if position is None:
            texts.append(f"CAST(NULL AS {types.physical(column.type)}) AS {column.sql}")
        elif stored.types[position] != column.type:
            raise UnsupportedSqlError(f"a wildcard over tables whose column {column.name} has several types")
        else:
            texts.append(f"{stored.columns[position]} AS {column.sql}")
    return f"SELECT {', '.join(texts)}, {values.text(suffix)} AS p0 FROM {stored.name}"


def stored_query(stored: Stored) -> tuple[Query, tuple[Typed, ...]]:
    """Return what reading a table that is stored means, and its pseudo-columns."""
    columns = tuple(
        Typed(f"c{i}", type_, field.name)
        for i, (type_, field) in enumerate(zip(stored.types, stored.info.fields, strict=True))
    )
    texts = [f"{own} AS {column.sql}" for own, column in zip(stored.columns, columns, strict=True)]
    hidden: tuple[Typed, ...] = ()
    if stored.by_arrival:
        texts += [f"{ARRIVAL} AS p0", f"CAST({ARRIVAL} AS DATE) AS p1"]
        hidden = (Typed("p0", TIMESTAMP, "_PARTITIONTIME"), Typed("p1", DATE, "_PARTITIONDATE"))
    return Query(sql=f"SELECT {', '.join(texts)} FROM {stored.name}", columns=columns), hidden


def view_query(compiler: Compiler, stored: Stored) -> Query:
    """Return the query of a view, in which names mean what they meant where it was written."""
    if compiler.depth > _DEEPEST:
        raise BigQueryError(f"View nesting depth exceeded for {stored.info.id}")
    inner = compiler.for_view(stored.dataset)
    return inner.query(parsing.query_of(stored.info.query or ""), Scope())
