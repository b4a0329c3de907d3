"""PIVOT and UNPIVOT; GoogleSQL, Query syntax."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import aggregates, calls, types, values
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Query, check_parts
from dagcheck.hooks.bigquery.sql.operators import compare
from dagcheck.hooks.bigquery.sql.scopes import Relation, Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, common
from dagcheck.hooks.bigquery.sql.types import INT64, STRING

# of which a NULL changes nothing: the rows of other values are given to them as NULLs
_AGGREGATES = {"ANY_VALUE", "AVG", "COUNT", "COUNTIF", "LOGICAL_AND", "LOGICAL_OR", "MAX", "MIN", "STRING_AGG", "SUM"}
# what sqlglot says of other dialects
_KNOWN = {
    "expressions",
    "fields",
    "unpivot",
    "alias",
    "columns",
    "include_nulls",
    "pivot_column_naming",
    "prefixed_pivot_columns",
}


def pivoted(compiler: Compiler, node: exp.Pivot, relation: Relation, source: str) -> tuple[Query, str | None]:
    """Return what PIVOT or UNPIVOT makes of a relation, and its alias."""
    check_parts(node, _KNOWN | {"identify_pivot_strings", "default_on_null", "value_columns_first"})
    scope = Scope(relations=[relation])
    if len(node.args["fields"]) != 1:
        raise UnsupportedSqlError("PIVOT FOR of several columns")
    make = _unpivot if node.args.get("unpivot") else _pivot
    return make(compiler, node, scope, source), node.alias or None


def _pivot(compiler: Compiler, node: exp.Pivot, scope: Scope, source: str) -> Query:
    field = node.args["fields"][0]
    by = compiler.expression(field.this, scope)
    columns: list[Typed] = []
    for item in field.expressions:
        value, called = _value(compiler, item)
        only = compare("=", by, value).sql
        columns += [_cell(compiler, each, scope, only, called) for each in node.expressions]
    used = {column.name.lower() for each in (field.this, *node.expressions) for column in each.find_all(exp.Column)}
    keys = [column for column in scope.star() if (column.name or "").lower() not in used]
    for key in keys:
        if not types.groupable(key.type):
            raise UnsupportedSqlError(f"PIVOT beside a column of {key.type}")
    texts = ", ".join(f"{column.sql} AS c{i}" for i, column in enumerate([*keys, *columns]))
    group = f" GROUP BY {', '.join(key.sql for key in keys)}" if keys else ""
    return Query(sql=f"SELECT {texts} FROM {source}{group}", columns=(*keys, *columns))


def _value(compiler: Compiler, item: exp.Expression) -> tuple[Typed, str]:
    """Return a value of PIVOT and what its column is called."""
    alias = item.args.get("alias") if isinstance(item, (exp.PivotAlias, exp.Alias)) else None
    value = compiler.expression(item.this if alias is not None else item, Scope())
    if not value.is_constant or value.constant is None:
        raise UnsupportedSqlError("a value of PIVOT that is no literal")
    if alias is not None:
        return value, alias.name
    if value.type == STRING and str(value.constant).isidentifier():
        return value, value.constant
    raise UnsupportedSqlError(f"PIVOT FOR {value.constant!r} without an alias")


def _cell(compiler: Compiler, node: exp.Expression, scope: Scope, only: str, called: str) -> Typed:
    alias = node.alias if isinstance(node, exp.Alias) else ""
    call = node.this if isinstance(node, exp.Alias) else node
    if not isinstance(call, exp.Anonymous) or str(call.this).upper() not in _AGGREGATES:
        raise UnsupportedSqlError(f"PIVOT with {call.sql('bigquery')}")
    found = aggregates.aggregate(compiler, calls.taken_apart(call), scope, only=only)
    return dataclasses.replace(found, name=f"{alias}_{called}" if alias else called)


def _unpivot(compiler: Compiler, node: exp.Pivot, scope: Scope, source: str) -> Query:
    field = node.args["fields"][0]
    if len(node.expressions) != 1 or not isinstance(node.expressions[0], (exp.Identifier, exp.Column)):
        raise UnsupportedSqlError("UNPIVOT of several columns")
    cells = list(_cells(compiler, field.expressions, scope))
    kind = common([cell for cell, _ in cells], "UNPIVOT")
    if {cell.type for cell, _ in cells} != {kind}:
        raise BigQueryError("The datatype of columns does not match in UNPIVOT")
    used = {(cell.name or "").lower() for cell, _ in cells}
    keys = [column for column in scope.star() if (column.name or "").lower() not in used]
    rows = ", ".join(f"({coerced(cell, kind).sql}, {name.sql})" for cell, name in cells)
    alias = compiler.fresh()
    names = cells[0][1].type
    found = [
        *keys,
        Typed(f"{alias}.v", kind, node.expressions[0].name),
        Typed(f"{alias}.n", names, field.this.name),
    ]
    texts = ", ".join(f"{column.sql} AS c{i}" for i, column in enumerate(found))
    where = "" if node.args.get("include_nulls") else f" WHERE {alias}.v IS NOT NULL"
    lateral = f"LATERAL (SELECT * FROM (VALUES {rows}) AS x(v, n)) AS {alias}"
    return Query(sql=f"SELECT {texts} FROM {source} CROSS JOIN {lateral}{where}", columns=tuple(found))


def _cells(compiler: Compiler, items: Sequence[exp.Expression], scope: Scope) -> Iterator[tuple[Typed, Typed]]:
    for item in items:
        alias = item.args.get("alias") if isinstance(item, (exp.PivotAlias, exp.Alias)) else None
        column = item.this if alias is not None else item
        if not isinstance(column, exp.Column):
            raise UnsupportedSqlError("UNPIVOT of several columns")
        value = compiler.expression(column, scope)
        name = compiler.expression(alias, scope) if alias is not None else Typed(values.text(column.name), STRING)
        if name.type not in {STRING, INT64}:
            raise BigQueryError("UNPIVOT alias must be a STRING or an INT64")
        yield value, name
