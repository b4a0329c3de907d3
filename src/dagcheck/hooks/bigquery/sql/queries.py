"""Queries: WITH, SELECT, set operations, ORDER BY, LIMIT; GoogleSQL, Query syntax."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import aggregates, types, windows
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Query, Rule, check_parts, rule
from dagcheck.hooks.bigquery.sql.expressions import struct_of
from dagcheck.hooks.bigquery.sql.operators import condition
from dagcheck.hooks.bigquery.sql.ordering import Term, order_terms, page
from dagcheck.hooks.bigquery.sql.parsing import part
from dagcheck.hooks.bigquery.sql.scopes import Cte, Scope
from dagcheck.hooks.bigquery.sql.selecting import items_of, star_of
from dagcheck.hooks.bigquery.sql.sources import add_sources
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, common
from dagcheck.hooks.bigquery.sql.types import INT64


@dataclasses.dataclass(frozen=True, slots=True)
class _Shape:
    """The columns of a SELECT; whether its rows are values (AS STRUCT, AS VALUE), and bring what they are sorted by."""

    items: list[Typed]
    is_value: bool
    ordered: bool


def _select(compiler: Compiler, node: exp.Select, outer: Scope, *, ordered: bool = False) -> Query:
    scope = outer.inner()
    prefix = _with(compiler, node, scope)
    source = add_sources(compiler, node, scope)
    scope.windows = windows.named(node)
    items = items_of(compiler, node, scope)
    named = scope.with_aliases(_aliases(items))
    where = part(node, "where")
    clauses = [
        f"FROM {source}" if source else "",
        f"WHERE {condition(compiler, where.this, scope, 'WHERE clause').sql}" if where is not None else "",
        _group(compiler, node, named, items),
        *_filters(compiler, node, named),
    ]
    shape = _shaped(node, items, ordered=ordered)
    body = " ".join(clause for clause in clauses if clause)
    return _finished(compiler, node, scope, (prefix, body), shape)


def _finished(compiler: Compiler, node: exp.Select, scope: Scope, text: tuple[str, str], shape: _Shape) -> Query:
    (prefix, body), items = text, shape.items
    distinct = node.args.get("distinct")
    if distinct is not None:
        check_parts(distinct, set())
        for item in items:
            if not types.groupable(item.type):
                raise UnsupportedSqlError(f"SELECT DISTINCT of {item.type}")
    named = scope.with_aliases(_aliases(items))
    terms = order_terms(compiler, node.args.get("order"), named, items, only_items=distinct is not None)
    keys = ""
    if shape.ordered:
        terms = [dataclasses.replace(term, sql=_item_of(term, items)) for term in terms]
        aggregated = part(node, "group") or part(node, "having") or any(map(aggregates.contains, node.expressions))
        if not terms and distinct is None and not aggregated:
            terms = _implicit_order(scope)
        keys = "".join(f", {term.sql} AS k{i}" for i, term in enumerate(terms))
    chosen = ", ".join(f"{item.sql} AS c{i}" for i, item in enumerate(items))
    order = f" ORDER BY {', '.join(term.sql + term.direction for term in terms)}" if terms else ""
    head = f"{prefix}SELECT {'DISTINCT ' if distinct is not None else ''}{chosen}{keys}"
    return Query(
        sql=f"{head} {body}{order}{page(compiler, node, scope)}",
        columns=tuple(items),
        is_value_table=shape.is_value,
        order=", ".join(f"{{row}}.k{i}{term.direction}" for i, term in enumerate(terms)) if keys else "",
    )


def _item_of(term: Term, items: Sequence[Typed]) -> str:
    position = term.sql.removeprefix("c")
    return items[int(position)].sql if term.sql.startswith("c") and position.isdigit() else term.sql


def _implicit_order(scope: Scope) -> list[Term]:
    """Return the offset of a lone UNNEST: elements keep their order where nothing else is said."""
    offsets = scope.relations[0].named("$offset") if len(scope.relations) == 1 else []
    return [Term(offset.sql, " ASC NULLS FIRST") for offset in offsets]


def _with(compiler: Compiler, node: exp.Expression, scope: Scope) -> str:
    clause = part(node, "with")
    if clause is None:
        return ""
    check_parts(clause, {"expressions", "recursive"})
    texts = []
    for cte in clause.expressions:
        check_parts(cte, {"this", "alias"})
        if cte.args["alias"].args.get("columns"):
            raise BigQueryError('Syntax error: Expected keyword AS but got "("')
        texts.append(_cte(compiler, cte, scope, recursive=bool(clause.args.get("recursive"))))
    return f"WITH {'RECURSIVE ' if clause.args.get('recursive') else ''}{', '.join(texts)} "


def _cte(compiler: Compiler, cte: exp.CTE, scope: Scope, *, recursive: bool) -> str:
    name = compiler.fresh("q")
    known = {each.lower() for each in scope.ctes}
    if cte.alias.lower() in known - {each.lower() for each in (scope.parent.ctes if scope.parent else ())}:
        raise BigQueryError(f"Duplicate alias {cte.alias} for WITH subquery")
    if (
        recursive
        and isinstance(cte.this, exp.Union)
        and any(each.name.lower() == cte.alias.lower() for each in cte.this.find_all(exp.Table))
    ):
        first = compiler.query(cte.this.this, scope)
        scope.ctes = {**scope.ctes, cte.alias.lower(): Cte(name=name, columns=first.columns)}
    found = compiler.query(cte.this, scope)
    scope.ctes = {
        **scope.ctes,
        cte.alias.lower(): Cte(name=name, columns=found.columns, is_value_table=found.is_value_table),
    }
    columns = ", ".join(f"c{i}" for i in range(len(found.columns)))
    return f"{name}({columns}) AS ({found.sql})"


def _aliases(items: Sequence[Typed]) -> dict[str, Typed]:
    found: dict[str, Typed] = {}
    for item in items:
        if item.name is not None:
            known = found.setdefault(item.name.lower(), item)
            if known.sql != item.sql:
                found[item.name.lower()] = Typed("", item.type, name="$ambiguous")
    return {name: item for name, item in found.items() if item.name != "$ambiguous"}


def _group(compiler: Compiler, node: exp.Select, scope: Scope, items: list[Typed]) -> str:
    clause = part(node, "group")
    if clause is None:
        return ""
    check_parts(clause, {"expressions", "all", "rollup"})
    if clause.args.get("all"):
        plain = [
            (each, item) for each, item in zip(node.expressions, items, strict=False) if not aggregates.contains(each)
        ]
        if any(star_of(each) for each in node.expressions):
            raise UnsupportedSqlError("GROUP BY ALL with *")
        keys = [item for _, item in plain if not item.is_constant]
        return _keys(keys) if keys else ""
    found = []
    for each in clause.expressions:
        if isinstance(each, exp.Rollup):
            inner = [_key(compiler, key, scope, items) for key in each.expressions]
            if len(clause.expressions) > 1:
                raise BigQueryError("Syntax error: ROLLUP cannot be combined with other grouping items")
            _check_keys(inner)
            return f"GROUP BY ROLLUP({', '.join(key.sql for key in inner)})"
        if isinstance(each, (exp.Cube, exp.GroupingSets)):
            raise UnsupportedSqlError("GROUPING SETS" if isinstance(each, exp.GroupingSets) else "CUBE")
        found.append(_key(compiler, each, scope, items))
    return _keys(found)


def _keys(keys: Sequence[Typed]) -> str:
    _check_keys(keys)
    return f"GROUP BY {', '.join(f'({key.sql})' for key in keys)}"


def _check_keys(keys: Sequence[Typed]) -> None:
    for key in keys:
        if not types.groupable(key.type):
            raise UnsupportedSqlError(f"GROUP BY of {key.type}")


def _key(compiler: Compiler, node: exp.Expression, scope: Scope, items: Sequence[Typed]) -> Typed:
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        if not 1 <= int(node.name) <= len(items):
            raise BigQueryError(f"GROUP BY is out of SELECT column number range: {node.name}")
        return items[int(node.name) - 1]
    if isinstance(node, exp.Column) and len(node.parts) > 1:
        scope = scope.with_aliases({})
    return compiler.expression(node, scope)


def _filters(compiler: Compiler, node: exp.Select, named: Scope) -> Iterator[str]:
    for key, keyword in (("having", "HAVING"), ("qualify", "QUALIFY")):
        clause = part(node, key)
        if clause is not None:
            yield f"{keyword} {condition(compiler, clause.this, named, f'{keyword} clause').sql}"


def _shaped(node: exp.Select, items: list[Typed], *, ordered: bool) -> _Shape:
    kind = node.args.get("kind")
    if kind == "STRUCT":
        return _Shape([struct_of(items)], is_value=True, ordered=ordered)
    if kind == "VALUE":
        if len(items) != 1:
            raise BigQueryError("SELECT AS VALUE query must have exactly one column")
        return _Shape([items[0].unnamed()], is_value=True, ordered=ordered)
    if kind is not None:
        raise UnsupportedSqlError(f"SELECT AS {kind}")
    return _Shape(items, is_value=False, ordered=ordered)


def _set_operation(compiler: Compiler, node: exp.SetOperation, outer: Scope, *, ordered: bool = False) -> Query:
    scope = outer.inner()
    prefix = _with(compiler, node, scope)
    sides = [compiler.query(side, scope) for side in (node.this, node.expression)]
    if len(sides[0].columns) != len(sides[1].columns):
        counts = ", ".join(str(len(side.columns)) for side in sides)
        raise BigQueryError(
            f"Queries in {node.key.upper()} have mismatched column count; queries have {counts} columns"
        )
    columns = [_united(pair, node) for pair in zip(*(side.columns for side in sides), strict=True)]
    parts = [_as_columns(compiler, side, columns) for side in sides]
    keyword = _operator(node)
    items = [dataclasses.replace(column, sql=f"c{i}") for i, column in enumerate(columns)]
    terms = order_terms(compiler, node.args.get("order"), Scope(aliases=_aliases(items)), items, only_items=True)
    order = f" ORDER BY {', '.join(term.sql + term.direction for term in terms)}" if terms else ""
    body = f"{prefix}(({parts[0]}) {keyword} ({parts[1]})){order}{page(compiler, node, scope)}"
    if ordered and terms:
        raise UnsupportedSqlError("ARRAY() of an ordered set operation")
    return Query(sql=body, columns=tuple(items), is_value_table=all(side.is_value_table for side in sides))


def _operator(node: exp.SetOperation) -> str:
    distinct = node.args.get("distinct")
    if isinstance(node, exp.Union):
        return "UNION" if distinct else "UNION ALL"
    if not distinct:
        raise BigQueryError(f"Syntax error: Expected keyword DISTINCT after {node.key.upper()}")
    return str(node.key).upper()


def _united(pair: tuple[Typed, Typed], node: exp.SetOperation) -> Typed:
    kind = common(pair, f"{node.key.upper()} (columns have incompatible types)")
    if node.args.get("distinct") and not types.groupable(kind):
        raise UnsupportedSqlError(f"{node.key.upper()} DISTINCT of {kind}")
    return Typed("", INT64 if kind == types.NULL else kind, name=pair[0].name)


def _as_columns(compiler: Compiler, side: Query, columns: Sequence[Typed]) -> str:
    alias = compiler.fresh()
    texts = []
    for i, (own, target) in enumerate(zip(side.columns, columns, strict=True)):
        value = dataclasses.replace(own, sql=f"{alias}.c{i}") if not own.is_constant else own
        texts.append(f"{coerced(value, target.type).sql} AS c{i}")
    return f"SELECT {', '.join(texts)} FROM ({side.sql}) AS {alias}"


def _nested(compiler: Compiler, node: exp.Subquery, scope: Scope, *, ordered: bool = False) -> Query:
    check_parts(node, {"this", "with", "with_", "order", "limit", "offset"})
    if any(node.args.get(key) for key in ("order", "limit", "offset")) or part(node, "with"):
        wrapped = exp.Select(**{**node.args, "expressions": [exp.Star()]})
        wrapped.set("this", None)
        wrapped.set("from_" if "from_" in exp.Select.arg_types else "from", exp.From(this=exp.Subquery(this=node.this)))
        return compiler.query(wrapped, scope)
    del ordered
    return compiler.query(node.this, scope)


_SELECT_PARTS = (
    "kind", "expressions", "from", "with", "joins", "where", "group", "having", "qualify", "windows", "distinct",
    "order", "limit", "offset",
)  # fmt: skip
_SET_PARTS = ("this", "expression", "distinct", "with", "order", "limit", "offset")
QUERIES: Mapping[type, Rule] = {
    exp.Select: rule(_select, *_SELECT_PARTS),
    exp.Union: rule(_set_operation, *_SET_PARTS),
    exp.Intersect: rule(_set_operation, *_SET_PARTS),
    exp.Except: rule(_set_operation, *_SET_PARTS),
    exp.Subquery: rule(_nested, "this", "with", "order", "limit", "offset"),
}
