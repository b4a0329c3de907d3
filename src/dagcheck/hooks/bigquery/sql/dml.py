"""INSERT, UPDATE, DELETE, TRUNCATE; GoogleSQL, Data manipulation language."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, Result, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import parsing, types
from dagcheck.hooks.bigquery.sql.catalog import ARRIVAL, Stored
from dagcheck.hooks.bigquery.sql.compiler import Compiler, check_parts
from dagcheck.hooks.bigquery.sql.expressions import typed_struct
from dagcheck.hooks.bigquery.sql.operators import condition
from dagcheck.hooks.bigquery.sql.parsing import part
from dagcheck.hooks.bigquery.sql.scopes import Relation, Scope, same
from dagcheck.hooks.bigquery.sql.sources import add_sources, table_path
from dagcheck.hooks.bigquery.sql.tables import table_id
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, coerces, constant
from dagcheck.hooks.bigquery.sql.types import TIMESTAMP

MANY_FOR_ONE = "UPDATE/MERGE must match at most one source row for each target row"


def target_of(compiler: Compiler, node: exp.Expression) -> tuple[Stored, str]:
    """Return the table that a statement changes, and its alias."""
    if not isinstance(node, exp.Table):
        raise UnsupportedSqlError(f"a change of {node.key}")
    check_parts(node, {"this", "db", "catalog", "alias"})
    path = table_path(node)
    stored = compiler.catalog.get(table_id(compiler, path))
    if stored.info.query is not None:
        raise BigQueryError(f"DML over table {stored.info.id} is not supported: it is a view")
    return stored, node.alias or path[-1]


def relation_of(stored: Stored, alias: str, name: str) -> Relation:
    """Return a table as a relation, under its name in DuckDB's statement."""
    fields = zip(stored.columns, stored.types, stored.info.fields, strict=True)
    columns = tuple(Typed(f"{name}.{own}", type_, field.name) for own, type_, field in fields)
    hidden = (Typed(f"{name}.{ARRIVAL}", TIMESTAMP, "_PARTITIONTIME"),) if stored.by_arrival else ()
    return Relation(alias=alias, columns=columns, hidden=hidden)


def positions(stored: Stored, names: Sequence[str]) -> list[int]:
    """Return where the columns of these names are."""
    found = []
    for name in names:
        position = next((i for i, field in enumerate(stored.info.fields) if same(field.name, name)), None)
        if position is None:
            raise BigQueryError(f"Column {name} is not present in table {stored.info.id}")
        if position in found:
            raise BigQueryError(f"Column {name} is specified more than once")
        found.append(position)
    return found


def default_of(compiler: Compiler, stored: Stored, position: int) -> Typed:
    """Return the default value of a column, which is NULL if nothing is said, and an empty ARRAY."""
    field, type_ = stored.info.fields[position], stored.types[position]
    if field.default is not None:
        return coerced(compiler.expression(parsing.expression(field.default), Scope()), type_, "Default value")
    return constant([] if type_.element is not None else None, type_)


def assigned(value: Typed, stored: Stored, position: int) -> Typed:
    """Return a value as one of the column; NULL is an empty ARRAY."""
    type_, field = stored.types[position], stored.info.fields[position]
    if not coerces(value, type_):
        if value.type.fields or value.type.element is not None:
            raise UnsupportedSqlError(f"a {value.type} as a value of {field.name}, which has type {type_}")
        raise BigQueryError(
            f"Value has type {value.type} which cannot be inserted into column {field.name}, which has type {type_}"
        )
    found = coerced(value, type_)
    return dataclasses.replace(found, sql=f"coalesce({found.sql}, [])") if type_.element is not None else found


def insert_rows(compiler: Compiler, stored: Stored, where: Sequence[int], query: str, kinds: Sequence[Typed]) -> int:
    """Insert what a query gives into some columns of a table, defaults into the others; returns how many rows."""
    alias = compiler.fresh()
    texts = {}
    for i, (position, kind) in enumerate(zip(where, kinds, strict=True)):
        own = dataclasses.replace(kind, sql=f"{alias}.c{i}") if not kind.is_constant else kind
        texts[stored.columns[position]] = assigned(own, stored, position).sql
    for position, column in enumerate(stored.columns):
        if position not in where:
            texts[column] = default_of(compiler, stored, position).sql
    if stored.by_arrival:
        texts[ARRIVAL] = f"date_trunc('day', {constant(compiler.session.now, TIMESTAMP).sql})"
    columns, expressions = ", ".join(texts), ", ".join(texts.values())
    text = f"INSERT INTO {stored.name} ({columns}) SELECT {expressions} FROM ({query}) AS {alias}"
    return int(compiler.database.execute(text)[0][0])


def insert(compiler: Compiler, node: exp.Expression) -> Result:
    """INSERT."""
    check_parts(node, {"this", "expression"})
    table, names = node.this, None
    if isinstance(table, exp.Schema):
        names = [each.name for each in table.expressions]
        table = table.this
    stored, _ = target_of(compiler, table)
    where = positions(stored, names) if names is not None else list(range(len(stored.columns)))
    source = node.expression
    if isinstance(source, exp.Values):
        query, kinds = _values(compiler, source, stored, where)
    else:
        found = compiler.rows(source)
        query, kinds = found.sql, found.columns
    if len(kinds) != len(where):
        raise BigQueryError(f"Inserted row has wrong column count; Has {len(kinds)}, expected {len(where)}")
    count = insert_rows(compiler, stored, where, query, kinds)
    return Result(statement_type="INSERT", affected=count, inserted=count, target=stored.info.id)


def _values(
    compiler: Compiler, node: exp.Values, stored: Stored, where: Sequence[int]
) -> tuple[str, tuple[Typed, ...]]:
    check_parts(node, {"expressions"})
    rows = []
    for row in node.expressions:
        cells = row.expressions if isinstance(row, exp.Tuple) else [row.this if isinstance(row, exp.Paren) else row]
        if len(cells) != len(where):
            raise BigQueryError(f"Inserted row has wrong column count; Has {len(cells)}, expected {len(where)}")
        rows.append(
            [value_or_default(compiler, cell, Scope(), stored, at) for cell, at in zip(cells, where, strict=True)]
        )
    texts = [f"({', '.join(cell.sql for cell in row)})" for row in rows]
    names = ", ".join(f"c{i}" for i in range(len(where)))
    kinds = tuple(Typed("", stored.types[position]) for position in where)
    return f"SELECT * FROM (VALUES {', '.join(texts)}) AS v({names})", kinds


def value_or_default(compiler: Compiler, node: exp.Expression, scope: Scope, stored: Stored, position: int) -> Typed:
    """Return the value for a column, or its default where DEFAULT is written."""
    if (
        isinstance(node, exp.Column)
        and len(node.parts) == 1
        and node.name.upper() == "DEFAULT"
        and not node.this.quoted
    ):
        return default_of(compiler, stored, position)
    type_ = stored.types[position]
    if isinstance(node, exp.Tuple) and type_.fields:
        value = typed_struct(compiler, node.expressions, type_, scope)
    else:
        value = compiler.expression(node, scope)
    found = assigned(value, stored, position)
    return dataclasses.replace(found, sql=f"CAST({found.sql} AS {types.physical(type_)})")


def assignments(
    compiler: Compiler, nodes: Sequence[exp.Expression], scope: Scope, stored: Stored, alias: str
) -> dict[str, Typed]:
    """Return what SET assigns, by the column of DuckDB."""
    found: dict[str, Typed] = {}
    for node in nodes:
        if not isinstance(node, exp.EQ) or not isinstance(node.this, exp.Column):
            raise UnsupportedSqlError("SET of anything but a column")
        path = [each.name for each in node.this.parts]
        if len(path) == 2 and same(path[0], alias):
            path = path[1:]
        if len(path) > 1:
            raise UnsupportedSqlError("SET of a field of a STRUCT")
        [position] = positions(stored, path)
        if stored.columns[position] in found:
            raise BigQueryError(f"Update item {path[0]} assigned more than once")
        found[stored.columns[position]] = value_or_default(compiler, node.expression, scope, stored, position)
    return found


def _where(compiler: Compiler, node: exp.Expression, scope: Scope, statement: str) -> str:
    clause = part(node, "where")
    if clause is None:
        raise BigQueryError(f"Syntax error: {statement} must have a WHERE clause")
    return condition(compiler, clause.this, scope, "WHERE clause").sql


def update(compiler: Compiler, node: exp.Expression) -> Result:
    """UPDATE: a row that several rows of FROM fit is an error."""
    check_parts(node, {"this", "expressions", "from", "from_", "where"})
    stored, alias = target_of(compiler, node.this)
    name = compiler.fresh("t")
    scope = Scope(relations=[relation_of(stored, alias, name)])
    source = add_sources(compiler, node, scope)
    values = assignments(compiler, node.expressions, scope, stored, alias)
    where = _where(compiler, node, scope, "UPDATE")
    chosen = ", ".join(f"{value.sql} AS n{i}" for i, value in enumerate(values.values()))
    tables = f"{stored.name} AS {name}" + (f" CROSS JOIN {source}" if source else "")
    changes = compiler.fresh("u")
    compiler.database.execute(
        f"CREATE TEMP TABLE {changes} AS SELECT {name}.rowid AS id, {chosen} FROM {tables} WHERE {where}"
    )
    count = apply_updates(compiler, stored, changes, list(values))
    compiler.temporary.append(changes)
    return Result(statement_type="UPDATE", affected=count, updated=count, target=stored.info.id)


def apply_updates(compiler: Compiler, stored: Stored, changes: str, columns: Sequence[str]) -> int:
    """Change rows by id to what a table of changes says, and return how many."""
    [[count, different]] = compiler.database.execute(f"SELECT count(*), count(DISTINCT id) FROM {changes}")
    if count != different:
        raise BigQueryError(MANY_FOR_ONE)
    settings = ", ".join(f"{column} = {changes}.n{i}" for i, column in enumerate(columns))
    compiler.database.execute(
        f"UPDATE {stored.name} SET {settings} FROM {changes} WHERE {stored.name}.rowid = {changes}.id"
    )
    return int(count)


def delete(compiler: Compiler, node: exp.Expression) -> Result:
    """DELETE."""
    check_parts(node, {"this", "where", "tables"})
    stored, alias = target_of(compiler, node.this or node.args["tables"][0])
    name = compiler.fresh("t")
    scope = Scope(relations=[relation_of(stored, alias, name)])
    where = _where(compiler, node, scope, "DELETE")
    chosen = f"SELECT {name}.rowid FROM {stored.name} AS {name} WHERE {where}"
    count = int(compiler.database.execute(f"DELETE FROM {stored.name} WHERE rowid IN ({chosen})")[0][0])
    return Result(statement_type="DELETE", affected=count, deleted=count, target=stored.info.id)


def truncate(compiler: Compiler, node: exp.Expression) -> Result:
    """TRUNCATE TABLE."""
    check_parts(node, {"expressions"})
    stored, _ = target_of(compiler, node.expressions[0])
    [[count]] = compiler.database.execute(f"DELETE FROM {stored.name}")
    return Result(statement_type="TRUNCATE_TABLE", affected=int(count), deleted=int(count), target=stored.info.id)
