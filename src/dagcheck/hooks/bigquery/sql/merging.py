"""MERGE; GoogleSQL, Data manipulation language, MERGE statement.

Which rows of target and source belong together is found out once. All that the WHEN clauses do is worked out before
anything is changed, and of a row only the first clause that it fits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, Result, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql.catalog import Stored
from dagcheck.hooks.bigquery.sql.compiler import Compiler, check_parts
from dagcheck.hooks.bigquery.sql.dml import (
    MANY_FOR_ONE,
    apply_updates,
    assignments,
    insert_rows,
    positions,
    relation_of,
    target_of,
    value_or_default,
)
from dagcheck.hooks.bigquery.sql.operators import condition
from dagcheck.hooks.bigquery.sql.scopes import Relation, Scope
from dagcheck.hooks.bigquery.sql.sources import add_source
from dagcheck.hooks.bigquery.sql.typed import Typed

_MATCHED, _BY_TARGET, _BY_SOURCE = "MATCHED", "NOT MATCHED BY TARGET", "NOT MATCHED BY SOURCE"


@dataclass(slots=True)
class _Merge:
    """One MERGE: the names of its tables in DuckDB, what each kind of clause sees and reads."""

    compiler: Compiler
    stored: Stored
    alias: str
    target: str
    source: str
    scopes: dict[str, Scope]
    rows: dict[str, str]
    done: dict[str, list[str]] = field(default_factory=dict)
    """The conditions of the clauses before, by kind."""
    updates: list[tuple[str, list[str]]] = field(default_factory=list)
    deletes: list[str] = field(default_factory=list)
    inserts: list[tuple[str, list[int]]] = field(default_factory=list)


def merge(compiler: Compiler, node: exp.Expression) -> Result:
    """MERGE: a row of the target that several rows of the source fit is an error."""
    check_parts(node, {"this", "using", "on", "whens", "expressions"})
    stored, alias = target_of(compiler, node.this)
    target, source, pairs = (compiler.fresh(prefix) for prefix in ("t", "s", "m"))
    target_scope = Scope(relations=[relation_of(stored, alias, target)])
    source_scope = _materialised(compiler, node.args["using"], source)
    both = Scope(relations=[*target_scope.relations, *source_scope.relations])
    on = condition(compiler, node.args["on"], both, "MERGE ON clause").sql
    own, other = f"{stored.name} AS {target}", f"{source} AS {source}"
    _temporary(compiler, pairs, f"SELECT {target}.rowid AS t, {source}.rowid AS s FROM {own} JOIN {other} ON {on}")
    joined = f"{pairs} JOIN {own} ON {target}.rowid = {pairs}.t JOIN {other} ON {source}.rowid = {pairs}.s WHERE TRUE"
    doing = _Merge(
        compiler, stored, alias, target, source,
        {_MATCHED: both, _BY_TARGET: source_scope, _BY_SOURCE: target_scope},
        {
            _MATCHED: joined,
            _BY_TARGET: f"{other} WHERE {source}.rowid NOT IN (SELECT s FROM {pairs})",
            _BY_SOURCE: f"{own} WHERE {target}.rowid NOT IN (SELECT t FROM {pairs})",
        },
    )  # fmt: skip
    whens = node.args.get("whens")
    for when in whens.expressions if whens is not None else node.expressions:
        _work_out(doing, when)
    return _apply(doing)


def _temporary(compiler: Compiler, name: str, query: str) -> None:
    compiler.database.execute(f"CREATE TEMP TABLE {name} AS {query}")
    compiler.temporary.append(name)


def _materialised(compiler: Compiler, node: exp.Expression, name: str) -> Scope:
    """Fill a table with the rows of the source and return what the clauses see of it."""
    scope = Scope()
    text = add_source(compiler, node, scope)
    if len(scope.relations) != 1:
        raise UnsupportedSqlError("MERGE USING with WITH OFFSET")
    relation = scope.relations[0]
    known: dict[str, str] = {}
    for column in (*relation.columns, *relation.hidden, *((relation.value,) if relation.value else ())):
        known.setdefault(column.sql, f"c{len(known)}")
    columns = ", ".join(f"{sql} AS {own}" for sql, own in known.items())
    _temporary(compiler, name, f"SELECT {columns} FROM {text}")

    def moved(column: Typed) -> Typed:
        return dataclasses.replace(column, sql=f"{name}.{known[column.sql]}")

    return Scope(
        relations=[
            Relation(
                alias=relation.alias,
                columns=tuple(moved(column) for column in relation.columns),
                hidden=tuple(moved(column) for column in relation.hidden),
                value=moved(relation.value) if relation.value is not None else None,
            )
        ]
    )


def _work_out(doing: _Merge, node: exp.Expression) -> None:
    check_parts(node, {"matched", "source", "condition", "then"})
    kind = _MATCHED if node.args.get("matched") else _BY_SOURCE if node.args.get("source") else _BY_TARGET
    test = node.args.get("condition")
    scope = doing.scopes[kind]
    text = condition(doing.compiler, test, scope, "MERGE WHEN clause").sql if test is not None else "TRUE"
    before = doing.done.setdefault(kind, [])
    rows = " AND ".join(
        [f"{doing.rows[kind]} AND coalesce({text}, FALSE)", *(f"NOT coalesce({each}, FALSE)" for each in before)]
    )
    before.append(text)
    then = node.args["then"]
    if isinstance(then, exp.Update) and kind != _BY_TARGET:
        _work_out_update(doing, then, scope, rows)
    elif isinstance(then, exp.Insert) and kind == _BY_TARGET:
        _work_out_insert(doing, then, scope, rows)
    elif isinstance(then, exp.Var) and then.name.upper() == "DELETE" and kind != _BY_TARGET:
        name = doing.compiler.fresh("d")
        _temporary(doing.compiler, name, f"SELECT {doing.target}.rowid AS id FROM {rows}")
        doing.deletes.append(name)
    else:
        raise BigQueryError(f"Syntax error: {then.key.upper()} is not allowed in WHEN {kind}")


def _work_out_update(doing: _Merge, node: exp.Update, scope: Scope, rows: str) -> None:
    check_parts(node, {"expressions"})
    values = assignments(doing.compiler, node.expressions, scope, doing.stored, doing.alias)
    chosen = ", ".join(f"{value.sql} AS n{i}" for i, value in enumerate(values.values()))
    name = doing.compiler.fresh("u")
    _temporary(doing.compiler, name, f"SELECT {doing.target}.rowid AS id, {chosen} FROM {rows}")
    doing.updates.append((name, list(values)))


def _work_out_insert(doing: _Merge, node: exp.Insert, scope: Scope, rows: str) -> None:
    names, cells = _inserted(node, scope)
    where = positions(doing.stored, names) if names is not None else list(range(len(doing.stored.columns)))
    if len(cells) != len(where):
        raise BigQueryError(f"Inserted row has wrong column count; Has {len(cells)}, expected {len(where)}")
    found = [
        cell if isinstance(cell, Typed) else value_or_default(doing.compiler, cell, scope, doing.stored, at)
        for cell, at in zip(cells, where, strict=True)
    ]
    name = doing.compiler.fresh("i")
    texts = ", ".join(f"{cell.sql} AS c{i}" for i, cell in enumerate(found))
    _temporary(doing.compiler, name, f"SELECT {texts} FROM {rows}")
    doing.inserts.append((name, where))


def _inserted(node: exp.Insert, scope: Scope) -> tuple[list[str] | None, Sequence[exp.Expression | Typed]]:
    """Return the names of the columns, if they are said, and the values."""
    into, values = node.this, node.args.get("expression")
    if isinstance(into, exp.Var) and into.name.upper() == "ROW":
        return None, list(scope.relations[0].columns)
    if isinstance(into, exp.Tuple) and not values:  # INSERT VALUES (...)
        [call] = into.expressions
        return None, call.expressions
    names = [each.name for each in into.expressions] if into else None
    if isinstance(values, exp.Var) and values.name.upper() == "ROW":
        return names, list(scope.relations[0].columns)
    if not isinstance(values, (exp.Tuple, exp.Paren)):
        raise UnsupportedSqlError("this INSERT in MERGE")
    return names, values.expressions if isinstance(values, exp.Tuple) else [values.this]


def _apply(doing: _Merge) -> Result:
    database, stored = doing.compiler.database, doing.stored
    changed = [name for name, _ in doing.updates] + doing.deletes
    if changed:
        union = " UNION ALL ".join(f"SELECT id FROM {name}" for name in changed)
        [[count, different]] = database.execute(f"SELECT count(*), count(DISTINCT id) FROM ({union})")
        if count != different:
            raise BigQueryError(MANY_FOR_ONE)
    updated = sum(apply_updates(doing.compiler, stored, name, columns) for name, columns in doing.updates)
    deleted = inserted = 0
    for name in doing.deletes:
        deleted += int(database.execute(f"DELETE FROM {stored.name} WHERE rowid IN (SELECT id FROM {name})")[0][0])
    for name, where in doing.inserts:
        kinds = [Typed("", stored.types[position]) for position in where]
        inserted += insert_rows(doing.compiler, stored, where, f"SELECT * FROM {name}", kinds)
    return Result(
        statement_type="MERGE",
        affected=inserted + updated + deleted,
        inserted=inserted,
        updated=updated,
        deleted=deleted,
        target=stored.info.id,
    )
