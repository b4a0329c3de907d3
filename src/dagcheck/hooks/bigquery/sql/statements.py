"""One statement, from its tree to its result."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping

from sqlglot import exp

from dagcheck.hooks.bigquery.results import Result, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import ddl, dml, merging, types, values
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Query, describe


def select(compiler: Compiler, node: exp.Expression) -> Result:
    """Run a query."""
    query = compiler.rows(node)
    return Result(statement_type="SELECT", fields=types.fields_of(query.columns), rows=rows_of(compiler, query))


def rows_of(compiler: Compiler, query: Query) -> tuple[tuple[object, ...], ...]:
    """Return the rows of a query as Python has them."""
    kinds = [column.type for column in query.columns]
    return tuple(
        tuple(values.result(value, kind) for value, kind in zip(row, kinds, strict=False))
        for row in compiler.database.execute(query.sql)
    )


_STATEMENTS: Mapping[type, Callable[[Compiler, exp.Expression], Result]] = {
    exp.Insert: dml.insert,
    exp.Update: dml.update,
    exp.Delete: dml.delete,
    exp.TruncateTable: dml.truncate,
    exp.Merge: merging.merge,
    exp.Create: ddl.create,
    exp.Drop: ddl.drop,
    exp.Alter: ddl.alter,
}


def run(compiler: Compiler, node: exp.Expression) -> Result:
    """Run one statement; after an error, everything is as before."""
    translate = select if isinstance(node, exp.Query) else _STATEMENTS.get(type(node))
    if translate is None:
        raise UnsupportedSqlError(f"the statement {describe(node)}")
    with transaction(compiler):
        return translate(compiler, node)


@contextlib.contextmanager
def transaction(compiler: Compiler) -> Iterator[None]:
    """Keep what is done inside, or nothing of it if there is an error."""
    before = compiler.catalog.snapshot()
    compiler.database.execute("BEGIN TRANSACTION")
    try:
        yield
        for name in compiler.temporary:
            compiler.database.execute(f"DROP TABLE {name}")
    except BaseException:
        compiler.database.execute("ROLLBACK")
        compiler.catalog.restore(before)
        raise
    compiler.database.execute("COMMIT")
