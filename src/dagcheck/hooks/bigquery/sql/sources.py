"""FROM: tables, subqueries, UNNEST, joins; GoogleSQL, Query syntax."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import pivots, types
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Query, check_parts
from dagcheck.hooks.bigquery.sql.operators import compare, condition
from dagcheck.hooks.bigquery.sql.parsing import part
from dagcheck.hooks.bigquery.sql.scopes import Relation, Scope, same
from dagcheck.hooks.bigquery.sql.tables import table_query
from dagcheck.hooks.bigquery.sql.typed import Typed
from dagcheck.hooks.bigquery.sql.types import INT64

_TABLE_PARTS = {"this", "db", "catalog", "alias", "joins", "pivots", "when", "expressions"}


def add_sources(compiler: Compiler, node: exp.Select, scope: Scope) -> str:
    """Put what stands in FROM into the scope and return it as DuckDB has it; nothing if there is no FROM."""
    clause = part(node, "from")
    if clause is None:
        return ""
    check_parts(clause, {"this"})
    text = add_source(compiler, clause.this, scope)
    for join in node.args.get("joins") or ():
        text = _join(compiler, text, join, scope)
    return text


def add_source(compiler: Compiler, node: exp.Expression, scope: Scope) -> str:
    """Add one item of FROM, with the joins that are written inside of its parentheses."""
    if isinstance(node, exp.Unnest):
        return _unnest(compiler, node, scope)
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table) and not node.alias:
        check_parts(node, {"this", "joins", "alias"})
        return _parenthesised(compiler, node.this, [*(node.args.get("joins") or [])], scope)
    if isinstance(node, exp.Paren):
        return add_source(compiler, node.this, scope)
    if isinstance(node, exp.Subquery):
        check_parts(node, {"this", "alias", "pivots", "with", "with_"})
        return _aliased(compiler, compiler.query(node.this, scope_for_subquery(scope)), node.alias or None, node, scope)
    if isinstance(node, exp.Table):
        return _table(compiler, node, scope)
    raise UnsupportedSqlError(f"{type(node).__name__.upper()} in FROM")


def scope_for_subquery(scope: Scope) -> Scope:
    """Return what a subquery in FROM sees: what is around the query, not its neighbours."""
    around = scope.parent or Scope()
    return Scope(parent=around, ctes=scope.ctes)


def _parenthesised(compiler: Compiler, table: exp.Table, joins: list[exp.Expression], scope: Scope) -> str:
    inner = table.copy()
    own = inner.args.get("joins") or []
    inner.set("joins", None)
    text = add_source(compiler, inner, scope)
    for join in [*own, *joins]:
        text = _join(compiler, text, join, scope)
    return f"({text})"


def _table(compiler: Compiler, node: exp.Table, scope: Scope) -> str:
    if node.args.get("joins"):
        return _parenthesised(compiler, node, [], scope)
    check_parts(node, _TABLE_PARTS)
    alias = node.args.get("alias")
    if alias is not None:
        check_parts(alias, {"this"})
    path = table_path(node)
    cte = scope.ctes.get(path[0].lower()) if len(path) == 1 else None
    if cte is not None:
        found = Query(sql=f"SELECT * FROM {cte.name}", columns=cte.columns, is_value_table=cte.is_value_table)
        return _aliased(compiler, found, node.alias or path[0], node, scope)
    if len(path) > 1 and (array := _array_path(compiler, path, scope)) is not None:
        return _unnested(compiler, array, node.alias or path[-1], None, scope)
    query, hidden = table_query(compiler, path)
    return _aliased(compiler, query, node.alias or path[-1].split(".")[-1], node, scope, hidden)


def table_path(node: exp.Table) -> list[str]:
    """Return the parts of a table's or a dataset's name; one in backticks may have several."""
    if node.this is not None and not isinstance(node.this, (exp.Identifier, exp.Dot)):
        raise UnsupportedSqlError(f"{node.this.sql('bigquery')} in FROM")
    return [name for each in node.parts for name in each.name.split(".")]


def _array_path(compiler: Compiler, path: Sequence[str], scope: Scope) -> Typed | None:
    """Return the array that `FROM t, t.items` means."""
    if not any(same(relation.alias, path[0]) for relation in scope.relations):
        return None
    return compiler.expression(
        exp.Column(
            **dict(
                zip(
                    ("this", "table", "db", "catalog"),
                    [exp.to_identifier(name) for name in reversed(path)],
                    strict=False,
                )
            )
        ),
        scope,
    )


def _aliased(
    compiler: Compiler,
    query: Query,
    alias: str | None,
    node: exp.Expression,
    scope: Scope,
    hidden: Sequence[Typed] = (),
) -> str:
    name = compiler.fresh()
    columns = tuple(dataclasses.replace(column, sql=f"{name}.c{i}") for i, column in enumerate(query.columns))
    columns = tuple(
        Typed(column.sql, INT64 if column.type == types.NULL else column.type, column.name) for column in columns
    )
    relation = Relation(
        alias=alias,
        columns=columns,
        hidden=tuple(Typed(f"{name}.{column.sql}", column.type, column.name) for column in hidden),
    )
    if query.is_value_table:
        relation = _value_relation(alias, columns[0])
    text = f"({query.sql}) AS {name}"
    if several := node.args.get("pivots"):
        if len(several) > 1:
            raise UnsupportedSqlError("several PIVOTs after one another")
        found, own = pivots.pivoted(compiler, several[0], relation, text)
        return _aliased(compiler, found, own, exp.Table(), scope)
    _add(scope, relation)
    return text


def _value_relation(alias: str | None, value: Typed) -> Relation:
    """Return rows that are values: of STRUCTs the fields are columns, of others there is one without a name."""
    fields = tuple(
        Typed(f"struct_extract({value.sql}, 'f{i}')", of, name) for i, (name, of) in enumerate(value.type.fields)
    )
    return Relation(alias=alias, columns=fields or (dataclasses.replace(value, name=alias),), value=value)


def _add(scope: Scope, relation: Relation) -> None:
    if relation.alias is not None and any(same(each.alias, relation.alias) for each in scope.relations):
        raise BigQueryError(f"Duplicate table alias {relation.alias} in the same FROM clause")
    scope.relations.append(relation)


def _unnest(compiler: Compiler, node: exp.Unnest, scope: Scope) -> str:
    check_parts(node, {"expressions", "alias", "offset", "explode_array"})
    if len(node.expressions) != 1:
        raise UnsupportedSqlError("UNNEST of several arrays")
    array = compiler.expression(node.expressions[0], scope)
    alias = node.args.get("alias")
    names = [each.name for each in (alias.args.get("columns") or ())] if alias is not None else []
    offset = node.args.get("offset")
    called = None if not offset else offset.name if isinstance(offset, exp.Expression) else "offset"
    return _unnested(compiler, array, names[0] if names else (node.alias or None), called, scope)


def _unnested(compiler: Compiler, array: Typed, alias: str | None, offset: str | None, scope: Scope) -> str:
    if array.type.element is None:
        raise BigQueryError(
            f"Values referenced in UNNEST must be arrays. UNNEST contains expression of type {array.type}"
        )
    name, is_first = compiler.fresh(), not scope.relations
    relation = _value_relation(alias, Typed(f"{name}.c0", array.type.element, alias))
    position = Typed(f"{name}.c1", INT64, offset)
    relation = dataclasses.replace(relation, hidden=(dataclasses.replace(position, name="$offset"),))
    _add(scope, relation)
    if offset is not None:
        _add(scope, Relation(alias=None, columns=(position,)))
    inner = f"SELECT unnest({array.sql}) AS c0, unnest(range(0, len({array.sql}))) AS c1"
    return f"{'' if is_first else 'LATERAL '}({inner}) AS {name}"


_SIDES = {"": "", "LEFT": "LEFT ", "RIGHT": "RIGHT ", "FULL": "FULL "}


def _join(compiler: Compiler, left: str, node: exp.Join, scope: Scope) -> str:
    check_parts(node, {"this", "on", "using", "side", "kind"})
    side, kind = node.side, node.kind
    if kind not in {"", "INNER", "CROSS", "OUTER"} or side not in _SIDES:
        raise UnsupportedSqlError(f"{side} {kind} JOIN".strip())
    before = list(scope.relations)
    right = add_source(compiler, node.this, scope)
    added = scope.relations[len(before) :]
    on = _on(compiler, node, scope, before, added)
    if kind == "CROSS" or (not on and not side):
        if on:
            raise BigQueryError("Syntax error: CROSS JOIN has no ON or USING clause")
        if kind == "INNER":
            raise BigQueryError("Syntax error: INNER JOIN must have an immediately following ON or USING clause")
        return f"{left} CROSS JOIN {right}"
    is_unnest = right.startswith("LATERAL")
    if not on and not is_unnest:
        raise BigQueryError(f"Syntax error: {side} JOIN must have an immediately following ON or USING clause")
    if is_unnest and side in {"RIGHT", "FULL"}:
        raise BigQueryError(f"Array scan is not allowed with {side} JOIN")
    _mark_outer(scope, side, len(before))
    return f"{left} {_SIDES[side]}JOIN {right} ON {on or 'TRUE'}"


def _mark_outer(scope: Scope, side: str, first: int) -> None:
    for i, relation in enumerate(scope.relations):
        if side == "FULL" or (side == "LEFT" and i >= first) or (side == "RIGHT" and i < first):
            scope.relations[i] = dataclasses.replace(relation, outer=True)


def _on(compiler: Compiler, node: exp.Join, scope: Scope, before: Sequence[Relation], added: Sequence[Relation]) -> str:
    if (clause := node.args.get("on")) is not None:
        return condition(compiler, clause, scope, "JOIN ON clause").sql
    names = [each.name for each in node.args.get("using") or ()]
    return " AND ".join(_using(name, node.side, scope, before, added) for name in names)


def _using(name: str, side: str, scope: Scope, before: Sequence[Relation], added: Sequence[Relation]) -> str:
    merged = [column for column in scope.merged if same(column.name, name)]
    left = merged or [column for relation in before for column in relation.named(name)]
    right = [column for relation in added for column in relation.named(name)]
    if len(left) != 1 or len(right) != 1:
        problem = "is ambiguous" if len(left) > 1 or len(right) > 1 else "not found on both sides of the join"
        raise BigQueryError(f"Column {name} in USING clause {problem}")
    text = compare("=", left[0], right[0]).sql
    if left[0].type != right[0].type:
        raise UnsupportedSqlError(f"USING of columns of two types: {name}")
    if merged:
        scope.merged.remove(merged[0])
    sql = {"": left[0].sql, "LEFT": left[0].sql, "RIGHT": right[0].sql}.get(
        side, f"coalesce({left[0].sql}, {right[0].sql})"
    )
    scope.merged.append(Typed(sql, left[0].type, left[0].name))
    return text
