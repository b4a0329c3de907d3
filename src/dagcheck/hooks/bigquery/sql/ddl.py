"""CREATE, DROP, ALTER; GoogleSQL, Data definition language."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import (
    BigQueryError,
    Field,
    Result,
    TableId,
    TableInfo,
    UnsupportedSqlError,
)
from dagcheck.hooks.bigquery.sql import parsing, types
from dagcheck.hooks.bigquery.sql.catalog import TEMPORARY, Stored, added, physical_columns
from dagcheck.hooks.bigquery.sql.columns import Properties, column_of, info_of, properties_of
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Query, check_parts, describe
from dagcheck.hooks.bigquery.sql.dml import insert_rows
from dagcheck.hooks.bigquery.sql.scopes import same
from dagcheck.hooks.bigquery.sql.sources import table_path
from dagcheck.hooks.bigquery.sql.tables import table_id


def create(compiler: Compiler, node: exp.Expression) -> Result:
    """CREATE TABLE, VIEW or SCHEMA."""
    check_parts(node, {"this", "kind", "replace", "exists", "properties", "expression"})
    kind = str(node.args.get("kind")).upper()
    if kind == "SCHEMA":
        return _create_schema(compiler, node)
    if kind not in {"TABLE", "VIEW"}:
        raise UnsupportedSqlError(f"CREATE {kind}")
    target = node.this.this if isinstance(node.this, exp.Schema) else node.this
    named = table_id(compiler, table_path(target))
    properties = properties_of(compiler, node)
    if properties.temporary:
        named = dataclasses.replace(named, project=compiler.session.project, dataset=TEMPORARY)
    existing = compiler.catalog.find(named)
    if existing is not None and node.args.get("exists"):
        return Result(statement_type=f"CREATE_{kind}", target=named, operation="SKIP")
    if existing is not None and not node.args.get("replace"):
        raise BigQueryError(f"Already Exists: Table {named}", reason="duplicate")
    operation = "REPLACE" if existing is not None else "CREATE"
    if kind == "VIEW":
        return _create_view(compiler, node, named, operation)
    return _create_table(compiler, node, named, properties, operation)


def _create_schema(compiler: Compiler, node: exp.Expression) -> Result:
    path = table_path(node.this)
    project, dataset = path if len(path) == 2 else (compiler.session.project, path[-1])
    properties_of(compiler, node)
    if compiler.catalog.has_dataset(project, dataset) and node.args.get("exists"):
        return Result(statement_type="CREATE_SCHEMA", operation="SKIP")
    compiler.catalog.create_dataset(project, dataset)
    return Result(statement_type="CREATE_SCHEMA", operation="CREATE")


def _create_view(compiler: Compiler, node: exp.Expression, named: TableId, operation: str) -> Result:
    if isinstance(node.this, exp.Schema) or not isinstance(node.expression, exp.Query):
        raise UnsupportedSqlError("CREATE VIEW with a list of columns")
    query = node.expression.sql("bigquery")
    put_view(compiler, named, query)
    return Result(statement_type="CREATE_VIEW", target=named, operation=operation)


def put_view(compiler: Compiler, named: TableId, query: str) -> None:
    """Make a view known, after its query was checked."""
    found = compiler.for_view(compiler.session.dataset).rows(parsing.query_of(query))
    info = TableInfo(id=named, fields=types.fields_of(found.columns), query=query)
    compiler.catalog.put(compiler.catalog.new(info, compiler.session.dataset))


def _create_table(
    compiler: Compiler, node: exp.Expression, named: TableId, properties: Properties, operation: str
) -> Result:
    fields: tuple[Field, ...] | None = None
    if isinstance(node.this, exp.Schema):
        fields = tuple(column_of(each) for each in node.this.expressions)
    if node.expression is None:
        if fields is None:
            raise UnsupportedSqlError("CREATE TABLE without columns")
        put_table(compiler, info_of(named, fields, properties))
        return Result(statement_type="CREATE_TABLE", target=named, operation=operation)
    query = compiler.rows(node.expression)
    filled = compiler.fresh("f")  # the query may read what is replaced
    compiler.database.execute(f"CREATE TEMP TABLE {filled} AS {query.sql}")
    compiler.temporary.append(filled)
    stored = put_table(compiler, info_of(named, fields or _fields_of(query), properties))
    insert_rows(compiler, stored, range(len(stored.columns)), f"SELECT * FROM {filled}", query.columns)
    return Result(statement_type="CREATE_TABLE_AS_SELECT", target=named, operation=operation)


def _fields_of(query: Query) -> tuple[Field, ...]:
    if any(column.name is None for column in query.columns):
        raise BigQueryError("CREATE TABLE columns must be named, but column 1 has no name")
    return types.fields_of(query.columns)


def put_table(compiler: Compiler, info: TableInfo) -> Stored:
    """Create an empty table in place of one that may be there."""
    stored = compiler.catalog.new(info)
    _check_names(info.fields)
    existing = compiler.catalog.find(info.id)
    compiler.catalog.put(stored)
    if existing is not None and existing.info.query is None:
        compiler.database.execute(f"DROP TABLE {existing.name}")
    compiler.database.execute(f"CREATE TABLE {stored.name} ({', '.join(physical_columns(stored))})")
    return stored


def _check_names(fields: Sequence[Field]) -> None:
    names = [field.name.lower() for field in fields]
    if not names:
        raise UnsupportedSqlError("a table without columns")
    for name in names:
        if names.count(name) > 1:
            raise BigQueryError(f"Duplicate column name {name}", reason="invalid")


def drop(compiler: Compiler, node: exp.Expression) -> Result:
    """DROP TABLE, VIEW or SCHEMA."""
    check_parts(node, {"this", "tables", "kind", "exists", "cascade", "expressions"})
    kind = str(node.args.get("kind")).upper()
    [table] = node.args.get("tables") or [node.this]
    if kind == "SCHEMA":
        return _drop_schema(compiler, node, table_path(table))
    if kind not in {"TABLE", "VIEW"}:
        raise UnsupportedSqlError(f"DROP {kind}")
    named = table_id(compiler, table_path(table))
    existing = compiler.catalog.find(named)
    if existing is None and node.args.get("exists"):
        return Result(statement_type=f"DROP_{kind}", target=named, operation="SKIP")
    existing = compiler.catalog.get(named)
    if (existing.info.query is not None) != (kind == "VIEW"):
        raise BigQueryError(f"Cannot drop {named}: it is a {'table' if kind == 'VIEW' else 'view'}", reason="invalid")
    drop_stored(compiler, existing)
    return Result(statement_type=f"DROP_{kind}", target=named, operation="DROP")


def drop_stored(compiler: Compiler, stored: Stored) -> None:
    """Drop a table or view."""
    compiler.catalog.remove(stored.info.id)
    if stored.info.query is None:
        compiler.database.execute(f"DROP TABLE {stored.name}")


def _drop_schema(compiler: Compiler, node: exp.Expression, path: Sequence[str]) -> Result:
    project, dataset = path if len(path) == 2 else (compiler.session.project, path[-1])
    if not compiler.catalog.has_dataset(project, dataset) and node.args.get("exists"):
        return Result(statement_type="DROP_SCHEMA", operation="SKIP")
    drop_dataset(compiler, project, dataset, cascade=bool(node.args.get("cascade")))
    return Result(statement_type="DROP_SCHEMA", operation="DROP")


def drop_dataset(compiler: Compiler, project: str, dataset: str, *, cascade: bool) -> None:
    """Drop a dataset, and with `cascade` what is in it."""
    tables = compiler.catalog.tables(project, dataset)
    if tables and not cascade:
        raise BigQueryError(f"Dataset {project}:{dataset} is still in use", reason="resourceInUse")
    for stored in tables:
        drop_stored(compiler, stored)
    compiler.catalog.drop_dataset(project, dataset)


def alter(compiler: Compiler, node: exp.Expression) -> Result:
    """ALTER TABLE ... ADD COLUMN."""
    check_parts(node, {"this", "kind", "actions", "exists"})
    if str(node.args.get("kind")).upper() != "TABLE":
        raise UnsupportedSqlError(f"ALTER {node.args.get('kind')}")
    named = table_id(compiler, table_path(node.this))
    existing = compiler.catalog.find(named)
    if existing is None and node.args.get("exists"):
        return Result(statement_type="ALTER_TABLE", target=named, operation="SKIP")
    stored = compiler.catalog.get(named)
    for action in node.args["actions"]:
        if not isinstance(action, exp.ColumnDef):
            raise UnsupportedSqlError(f"ALTER TABLE with {describe(action)}")
        stored = _with_column(compiler, stored, action)
    return Result(statement_type="ALTER_TABLE", target=named, operation="ALTER")


def _with_column(compiler: Compiler, stored: Stored, node: exp.ColumnDef) -> Stored:
    skip = bool(node.args.get("exists"))
    node.set("exists", None)
    field = column_of(node)
    if any(same(each.name, field.name) for each in stored.info.fields):
        if skip:
            return stored
        raise BigQueryError(f"Column already exists: {field.name}", reason="invalid")
    if field.mode == "REQUIRED" or field.default is not None:
        raise BigQueryError(
            "Cannot add required columns, or columns with defaults, to an existing schema.", reason="invalid"
        )
    return add_columns(compiler, stored, [field])


def add_columns(compiler: Compiler, stored: Stored, fields: Sequence[Field]) -> Stored:
    """Add columns, in which the rows that there are have NULL."""
    found = added(stored, fields)
    for name, type_ in zip(found.columns[-len(fields) :], found.types[-len(fields) :], strict=True):
        empty = " DEFAULT []" if type_.element is not None else ""
        compiler.database.execute(f"ALTER TABLE {stored.name} ADD COLUMN {name} {types.physical(type_)}{empty}")
    compiler.catalog.put(found)
    return found
