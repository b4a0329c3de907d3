"""CREATE, DROP, ALTER; GoogleSQL, Data definition language."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import (
    BigQueryError,
    Field,
    Partitioning,
    Result,
    TableId,
    TableInfo,
    UnsupportedSqlError,
)
from dagcheck.hooks.bigquery.sql import casts, parsing, types
from dagcheck.hooks.bigquery.sql.catalog import TEMPORARY, Stored, added, physical_columns
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Query, check_parts, describe
from dagcheck.hooks.bigquery.sql.dml import insert_rows
from dagcheck.hooks.bigquery.sql.scopes import Scope, same
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
    properties = _properties(compiler, node)
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


@dataclasses.dataclass(slots=True)
class _Properties:
    temporary: bool = False
    partition: exp.Expression | None = None
    clustering: tuple[str, ...] = ()
    description: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    require_filter: bool = False


def _properties(compiler: Compiler, node: exp.Expression) -> _Properties:
    found = _Properties()
    holder = node.args.get("properties")
    for each in holder.expressions if holder is not None else ():
        if isinstance(each, exp.TemporaryProperty):
            found.temporary = True
        elif isinstance(each, exp.PartitionedByProperty):
            found.partition = each.this
        elif isinstance(each, (exp.Cluster, exp.ClusterProperty)):
            found.clustering = tuple(key.name for key in each.expressions)
        elif isinstance(each, exp.LocationProperty):
            continue
        elif type(each) is exp.Property:
            _option(compiler, each.name, each.args["value"], found)
        else:
            raise UnsupportedSqlError(f"CREATE with {describe(each)}")
    return found


_NO_EFFECT = {
    "friendly_name",
    "expiration_timestamp",
    "partition_expiration_days",
    "kms_key_name",
    "location",
    "default_table_expiration_days",
}


def _option(compiler: Compiler, name: str, node: exp.Expression, found: _Properties) -> None:
    value = compiler.expression(node, Scope())
    if name.lower() == "description" and value.is_constant:
        found.description = value.constant
    elif name.lower() == "labels" and value.is_constant:
        found.labels = tuple((key, text) for key, text in value.constant)
    elif name.lower() == "require_partition_filter" and value.is_constant:
        found.require_filter = bool(value.constant)
    elif name.lower() not in {"description", "labels", *_NO_EFFECT}:
        raise UnsupportedSqlError(f"the option {name}")


def _create_schema(compiler: Compiler, node: exp.Expression) -> Result:
    path = table_path(node.this)
    project, dataset = path if len(path) == 2 else (compiler.session.project, path[-1])
    _properties(compiler, node)
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
    found = compiler.for_view(compiler.session.dataset).query(parsing.query_of(query), Scope())
    info = TableInfo(id=named, fields=types.fields_of(found.columns), query=query)
    compiler.catalog.put(compiler.catalog.new(info, compiler.session.dataset))


def _create_table(
    compiler: Compiler, node: exp.Expression, named: TableId, properties: _Properties, operation: str
) -> Result:
    fields: tuple[Field, ...] | None = None
    if isinstance(node.this, exp.Schema):
        fields = tuple(_column(each) for each in node.this.expressions)
    if node.expression is None:
        if fields is None:
            raise UnsupportedSqlError("CREATE TABLE without columns")
        put_table(compiler, _info(named, fields, properties))
        return Result(statement_type="CREATE_TABLE", target=named, operation=operation)
    query = compiler.query(node.expression, Scope())
    filled = compiler.fresh("f")  # the query may read what is replaced
    compiler.database.execute(f"CREATE TEMP TABLE {filled} AS {query.sql}")
    compiler.temporary.append(filled)
    stored = put_table(compiler, _info(named, fields or _fields_of(query), properties))
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


def _info(named: TableId, fields: tuple[Field, ...], properties: _Properties) -> TableInfo:
    return TableInfo(
        id=named,
        fields=fields,
        partitioning=_partitioning(properties, fields),
        clustering=properties.clustering,
        description=properties.description,
        labels=properties.labels,
    )


def _partitioning(properties: _Properties, fields: Sequence[Field]) -> Partitioning | None:
    if properties.partition is None:
        return None
    kind, column = _partitioned_by(properties.partition)
    if column.upper() in {"_PARTITIONDATE", "_PARTITIONTIME"}:
        if kind != "DAY":
            raise UnsupportedSqlError(f"PARTITION BY {column} by {kind}")
        return Partitioning(require_filter=properties.require_filter)
    if not any(same(field.name, column) for field in fields):
        raise BigQueryError(f"Unrecognized name: {column}")
    return Partitioning(type=kind, field=column, require_filter=properties.require_filter)


def _partitioned_by(node: exp.Expression) -> tuple[str, str]:
    """Return the kind of partitions and the name of the column."""
    while isinstance(node, (exp.Schema, exp.Tuple, exp.Paren)):
        node = node.expressions[0] if node.expressions else node.this
    kind, column = "DAY", node
    if isinstance(node, exp.Anonymous):
        column = node.expressions[0]
        function = str(node.this).upper()
        if function in {"DATE_TRUNC", "DATETIME_TRUNC", "TIMESTAMP_TRUNC"}:
            kind = node.expressions[1].name.upper()
        elif function == "RANGE_BUCKET":
            kind = "RANGE"
        elif function != "DATE":
            raise BigQueryError("PARTITION BY expression must be DATE(<timestamp_column>), a DATE column, ...")
    if not isinstance(column, (exp.Column, exp.Identifier)):
        raise UnsupportedSqlError("this PARTITION BY")
    return kind, column.name


def _column(node: exp.Expression) -> Field:
    if not isinstance(node, exp.ColumnDef):
        raise UnsupportedSqlError(f"CREATE TABLE with {describe(node)}")
    check_parts(node, {"this", "kind", "constraints"})
    field = types.to_field(node.name, casts.type_of(node.args["kind"], parameters=False))
    for constraint in node.args.get("constraints") or ():
        kind = constraint.args.get("kind")
        if isinstance(kind, exp.NotNullColumnConstraint):
            field = dataclasses.replace(field, mode="REQUIRED")
        elif isinstance(kind, exp.DefaultColumnConstraint):
            field = dataclasses.replace(field, default=kind.this.sql("bigquery"))
        elif isinstance(kind, exp.Properties) or kind is None:
            field = dataclasses.replace(field, description=_description(constraint))
        else:
            raise UnsupportedSqlError(f"a column with {describe(kind)}")
    return field


def _description(constraint: exp.Expression) -> str | None:
    for option in constraint.find_all(exp.Property):
        if option.name.lower() == "description":
            return str(option.args["value"].name)
    return None


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
    field = _column(node)
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
