"""ORDER BY and LIMIT; GoogleSQL, Query syntax: NULLs come first where the order is ascending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError
from dagcheck.hooks.bigquery.sql.compiler import Compiler, check_parts
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed
from dagcheck.hooks.bigquery.sql.types import INT64


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to sort by, and how."""

    sql: str
    direction: str


def order_terms(
    compiler: Compiler, node: exp.Expression | None, scope: Scope, items: Sequence[Typed], *, only_items: bool
) -> list[Term]:
    """Return what ORDER BY of a query says; with `only_items`, it may only name columns of the result."""
    if node is None:
        return []
    check_parts(node, {"expressions", "this"})
    found = []
    for each in node.expressions:
        value = _sorted_by(compiler, each.this, scope, items)
        _orderable(value)
        position = next((i for i, item in enumerate(items) if item.sql == value.sql), None)
        if position is None and only_items:
            raise BigQueryError("ORDER BY may only name columns of the result after SELECT DISTINCT or a set operation")
        found.append(Term(value.sql if position is None else f"c{position}", direction(each)))
    return found


def _sorted_by(compiler: Compiler, node: exp.Expression, scope: Scope, items: Sequence[Typed]) -> Typed:
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        if not 1 <= int(node.name) <= len(items):
            raise BigQueryError(f"ORDER BY is out of SELECT column number range: {node.name}")
        return items[int(node.name) - 1]
    return compiler.expression(node, scope)


def _orderable(value: Typed) -> None:
    if value.type.kind in {"ARRAY", "STRUCT", "JSON"}:
        raise BigQueryError(f"ORDER BY does not support expressions of type {value.type}")


def terms(compiler: Compiler, node: exp.Expression | None, scope: Scope) -> list[Term]:
    """Return what ORDER BY of a function or a window says."""
    if node is None:
        return []
    found = []
    for each in node.expressions:
        value = compiler.expression(each.this, scope)
        _orderable(value)
        found.append(Term(value.sql, direction(each)))
    return found


def direction(node: exp.Expression) -> str:
    """Return ASC or DESC with where NULLs go."""
    check_parts(node, {"this", "desc", "nulls_first"})
    descending = bool(node.args.get("desc"))
    return f" {'DESC' if descending else 'ASC'} NULLS {'FIRST' if node.args.get('nulls_first') else 'LAST'}"


def page(compiler: Compiler, node: exp.Expression, scope: Scope) -> str:
    """Return LIMIT and OFFSET."""
    text = ""
    for key in ("limit", "offset"):
        clause = node.args.get(key)
        if clause is None:
            continue
        check_parts(clause, {"expression"})
        value = compiler.expression(clause.expression, scope)
        if value.type != INT64 or not value.is_constant or value.constant is None or value.constant < 0:
            raise BigQueryError(f"{key.upper()} expects a non-negative integer literal or parameter")
        text += f" {key.upper()} {value.constant}"
    return text
