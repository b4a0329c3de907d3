"""The engine as the server sees it: statements and tables in, results out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dagcheck.hooks.bigquery.results import Field, Parameter, Partitioning, Result, TableId, TableInfo


class Engine:
    """A BigQuery of its own: datasets, tables and views in memory. May be used from several threads."""

    def run(
        self, sql: str, *, parameters: Sequence[Parameter] = (), project: str, dataset: str | None = None
    ) -> Result:
        """Run a statement or a script; `dataset` is the default one, written `project.dataset` or `dataset`.

        Raises:
            BigQueryError: as BigQuery would.
            UnsupportedSqlError: for what this engine does not know.

        """
        raise NotImplementedError

    def create_dataset(self, project: str, dataset: str) -> None:
        """Create a dataset; BigQueryError (duplicate) if it is there."""
        raise NotImplementedError

    def drop_dataset(self, project: str, dataset: str, *, cascade: bool = False) -> None:
        """Drop a dataset; BigQueryError if it is not there (notFound), or still has tables (invalid: resourceInUse)."""
        raise NotImplementedError

    def datasets(self, project: str) -> tuple[str, ...]:
        """Return the datasets of a project, sorted."""
        raise NotImplementedError

    def create_table(
        self,
        table: TableId,
        fields: Sequence[Field],
        *,
        partitioning: Partitioning | None = None,
        replace: bool = False,
    ) -> None:
        """Create a table; BigQueryError if its dataset is missing (notFound) or it is there already (duplicate)."""
        raise NotImplementedError

    def create_view(self, view: TableId, query: str, *, replace: bool = False) -> None:
        """Create a view; the query is checked now and run when it is read."""
        raise NotImplementedError

    def drop(self, table: TableId) -> None:
        """Drop a table or view; BigQueryError (notFound) if it is not there."""
        raise NotImplementedError

    def insert(self, table: TableId, rows: Iterable[Mapping[str, Any]]) -> int:
        """Append rows by column name, all or none; a value is as in a Result, or JSON's form of it. Returns how many.

        BigQueryError (invalid) for an unknown column, a missing REQUIRED one, or a value that is not of the type.
        """
        raise NotImplementedError

    def truncate(self, table: TableId) -> None:
        """Delete all rows."""
        raise NotImplementedError

    def table(self, table: TableId) -> TableInfo:
        """Return what a table or view is; BigQueryError (notFound) if it is not there."""
        raise NotImplementedError

    def rows(self, table: TableId) -> tuple[tuple[Any, ...], ...]:
        """Return all rows of a table or view, in the order of insertion where nothing else orders them."""
        raise NotImplementedError

    def tables(self, project: str, dataset: str) -> tuple[TableInfo, ...]:
        """Return the tables and views of a dataset, sorted by name; BigQueryError (notFound) if it is not there."""
        raise NotImplementedError
