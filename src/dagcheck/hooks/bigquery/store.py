"""Where datasets and tables are: what the API needs of it. `sql.Engine` is one, `memory.MemoryStore` another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from dagcheck.hooks.bigquery.results import Field, Partitioning, TableId, TableInfo


class Store(Protocol):
    """See `dagcheck.hooks.bigquery.sql.engine.Engine` for what each method promises."""

    def create_dataset(self, project: str, dataset: str) -> None:
        """Create a dataset."""

    def drop_dataset(self, project: str, dataset: str, *, cascade: bool = False) -> None:
        """Drop a dataset."""

    def datasets(self, project: str) -> tuple[str, ...]:
        """Return the datasets of a project."""

    def create_table(
        self,
        table: TableId,
        fields: Sequence[Field],
        *,
        partitioning: Partitioning | None = None,
        replace: bool = False,
    ) -> None:
        """Create a table."""

    def create_view(self, view: TableId, query: str, *, replace: bool = False) -> None:
        """Create a view."""

    def drop(self, table: TableId) -> None:
        """Drop a table or view."""

    def insert(self, table: TableId, rows: Iterable[Mapping[str, Any]]) -> int:
        """Append rows."""

    def truncate(self, table: TableId) -> None:
        """Delete all rows."""

    def table(self, table: TableId) -> TableInfo:
        """Return what a table or view is."""

    def rows(self, table: TableId) -> tuple[tuple[Any, ...], ...]:
        """Return all rows."""

    def tables(self, project: str, dataset: str) -> tuple[TableInfo, ...]:
        """Return the tables and views of a dataset."""
