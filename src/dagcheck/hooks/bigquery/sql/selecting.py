"""The SELECT list: expressions, * and its EXCEPT and REPLACE; GoogleSQL, Query syntax."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError
from dagcheck.hooks.bigquery.sql.compiler import Compiler, check_parts
from dagcheck.hooks.bigquery.sql.parsing import part
from dagcheck.hooks.bigquery.sql.scopes import Scope, same
from dagcheck.hooks.bigquery.sql.typed import Typed


def items_of(compiler: Compiler, node: exp.Select, scope: Scope) -> list[Typed]:
    """Return the columns of a SELECT."""
    found: list[Typed] = []
    for item in node.expressions:
        if (star := star_of(item)) is not None:
            found.extend(_star(compiler, star, item, scope))
        else:
            found.append(compiler.expression(item, scope))
    return found


def star_of(item: exp.Expression) -> exp.Star | None:
    """Return the * of an item, if it is one."""
    for candidate in (item, item.args.get("this"), item.args.get("expression")):
        if isinstance(candidate, exp.Star) and isinstance(item, (exp.Star, exp.Column, exp.Dot)):
            return candidate
    return None


def _star(compiler: Compiler, star: exp.Star, item: exp.Expression, scope: Scope) -> Iterator[Typed]:
    check_parts(star, {"except", "except_", "replace"})
    columns = _starred(compiler, item, scope)
    excluded = [each.name for each in part(star, "except") or ()]
    replaced = {each.alias.lower(): compiler.expression(each, scope) for each in star.args.get("replace") or ()}
    for name in [*excluded, *replaced]:
        if not any(same(column.name, name) for column in columns):
            raise BigQueryError(f"Column {name} in SELECT * list does not exist")
    kept = [column for column in columns if not any(same(column.name, name) for name in excluded)]
    if not kept:
        raise BigQueryError("SELECT * expands to zero columns")
    for column in kept:
        replacement = replaced.get((column.name or "").lower())
        yield column if replacement is None else dataclasses.replace(replacement, name=column.name)


def _starred(compiler: Compiler, item: exp.Expression, scope: Scope) -> list[Typed]:
    if isinstance(item, exp.Star):
        if not scope.relations:
            raise BigQueryError("SELECT * must have a FROM clause")
        return scope.star()
    if isinstance(item, exp.Column):
        path = [each.name for each in item.parts[:-1]]
        relation = scope.relation(path[0]) if len(path) == 1 else None
        if relation is not None:
            return Scope(relations=[relation]).star()
        value = compiler.expression(exp.column(*reversed(path)), scope)
    else:
        value = compiler.expression(item.this, scope)
    if value.type.kind != "STRUCT":
        raise BigQueryError(f"Dot-star is not supported for type {value.type}")
    return [
        Typed(f"struct_extract({value.sql}, 'f{i}')", of, name=name) for i, (name, of) in enumerate(value.type.fields)
    ]
