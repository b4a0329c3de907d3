"""The engine as the server sees it: statements and tables in, results out."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError, Field, Parameter, Partitioning, Result, TableId, TableInfo
from dagcheck.hooks.bigquery.sql import ddl, parsing, rules, running, scripts, statements, types, values
from dagcheck.hooks.bigquery.sql.catalog import Catalog
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Session
from dagcheck.hooks.bigquery.sql.database import Database
from dagcheck.hooks.bigquery.sql.dml import insert_rows
from dagcheck.hooks.bigquery.sql.tables import stored_query, view_query
from dagcheck.hooks.bigquery.sql.typed import Typed


class Engine:
    """A BigQuery of its own: datasets, tables and views in memory. May be used from several threads."""

    def __init__(self) -> None:
        self._database = Database()
        self._catalog = Catalog()
        self._lock = threading.RLock()

    def close(self) -> None:
        """Forget everything and give the memory back."""
        self._database.close()

    def run(
        self, sql: str, *, parameters: Sequence[Parameter] = (), project: str, dataset: str | None = None
    ) -> Result:
        """Run a statement or a script; `dataset` is the default one, written `project.dataset` or `dataset`.

        Raises:
            BigQueryError: as BigQuery would.
            UnsupportedSqlError: for what this engine does not know.

        """
        with self._lock:
            session = Session(project=project, dataset=dataset, parameters=parameters, now=_now())
            return running.run(self._compiler, session, scripts.parse(parsing.numbered(sql)))

    def create_dataset(self, project: str, dataset: str) -> None:
        """Create a dataset; BigQueryError (duplicate) if it is there."""
        with self._lock:
            self._catalog.create_dataset(project, dataset)

    def drop_dataset(self, project: str, dataset: str, *, cascade: bool = False) -> None:
        """Drop a dataset; BigQueryError if it is not there (notFound), or still has tables (resourceInUse)."""
        with self._changing(project) as compiler:
            ddl.drop_dataset(compiler, project, dataset, cascade=cascade)

    def datasets(self, project: str) -> tuple[str, ...]:
        """Return the datasets of a project, sorted."""
        with self._lock:
            return self._catalog.datasets(project)

    def create_table(
        self,
        table: TableId,
        fields: Sequence[Field],
        *,
        partitioning: Partitioning | None = None,
        replace: bool = False,
    ) -> None:
        """Create a table; BigQueryError if its dataset is missing (notFound) or it is there already (duplicate)."""
        with self._changing(table.project) as compiler:
            self._must_be_new(table, replace=replace)
            ddl.put_table(compiler, TableInfo(id=table, fields=tuple(fields), partitioning=partitioning))

    def create_view(self, view: TableId, query: str, *, replace: bool = False) -> None:
        """Create a view; the query is checked now and run when it is read."""
        with self._changing(view.project) as compiler:
            self._must_be_new(view, replace=replace)
            ddl.put_view(compiler, view, query)

    def drop(self, table: TableId) -> None:
        """Drop a table or view; BigQueryError (notFound) if it is not there."""
        with self._changing(table.project) as compiler:
            ddl.drop_stored(compiler, self._catalog.get(table))

    def insert(self, table: TableId, rows: Iterable[Mapping[str, Any]]) -> int:
        """Append rows by column name, all or none; a value is as in a Result, or JSON's form of it. Returns how many.

        BigQueryError (invalid) for an unknown column, a missing REQUIRED one, or a value that is not of the type.
        """
        with self._changing(table.project) as compiler:
            stored = self._catalog.get(table)
            row_type = types.struct(
                (field.name, type_) for field, type_ in zip(stored.info.fields, stored.types, strict=True)
            )
            found = [values.given(row, row_type) for row in rows]
            if not found:
                return 0
            texts = [f"({', '.join(_cells(row, row_type))})" for row in found]
            names = ", ".join(f"c{i}" for i in range(len(row_type.fields)))
            kinds = [Typed("", type_) for type_ in stored.types]
            query = f"SELECT * FROM (VALUES {', '.join(texts)}) AS v({names})"
            return insert_rows(compiler, stored, range(len(kinds)), query, kinds)

    def truncate(self, table: TableId) -> None:
        """Delete all rows."""
        with self._changing(table.project) as compiler:
            compiler.database.execute(f"DELETE FROM {self._catalog.get(table).name}")

    def table(self, table: TableId) -> TableInfo:
        """Return what a table or view is; BigQueryError (notFound) if it is not there."""
        with self._lock:
            return self._catalog.get(table).info

    def rows(self, table: TableId) -> tuple[tuple[Any, ...], ...]:
        """Return all rows of a table or view, in the order of insertion where nothing else orders them."""
        with self._changing(table.project) as compiler:
            stored = self._catalog.get(table)
            query = stored_query(stored)[0] if stored.info.query is None else view_query(compiler, stored)
            return statements.rows_of(compiler, query)

    def tables(self, project: str, dataset: str) -> tuple[TableInfo, ...]:
        """Return the tables and views of a dataset, sorted by name; BigQueryError (notFound) if it is not there."""
        with self._lock:
            return tuple(stored.info for stored in self._catalog.tables(project, dataset))

    def _compiler(self, session: Session) -> Compiler:
        return Compiler(self._database, self._catalog, session, rules.RULES, rules.QUERIES)

    @contextlib.contextmanager
    def _changing(self, project: str) -> Iterator[Compiler]:
        with self._lock:
            compiler = self._compiler(Session(project=project, dataset=None, now=_now()))
            with statements.transaction(compiler):
                yield compiler

    def _must_be_new(self, table: TableId, *, replace: bool) -> None:
        self._catalog.tables(table.project, table.dataset)
        if not replace and self._catalog.find(table) is not None:
            raise BigQueryError(f"Already Exists: Table {table}", reason="duplicate")


def _cells(row: Mapping[str, Any], row_type: types.SqlType) -> Iterator[str]:
    for name, type_ in row_type.fields:
        yield f"CAST({values.literal(row[name or ''], type_)} AS {types.physical(type_)})"


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)
