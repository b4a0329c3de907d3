"""Datasets and tables without an engine: kept as they are given, no statement is run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dagcheck.hooks.bigquery.results import (
    BigQueryError,
    Field,
    Partitioning,
    TableId,
    TableInfo,
)

_Row = tuple[Any, ...]


class MemoryStore:
    """Tables of the tier `fake`; a `Store`."""

    def __init__(self) -> None:
        self._datasets: dict[tuple[str, str], dict[str, TableInfo]] = {}
        self._rows: dict[TableId, list[_Row]] = {}

    def create_dataset(self, project: str, dataset: str) -> None:
        """Create a dataset."""
        if (project, dataset) in self._datasets:
            raise BigQueryError(f"Already Exists: Dataset {project}:{dataset}", reason="duplicate")
        self._datasets[project, dataset] = {}

    def drop_dataset(self, project: str, dataset: str, *, cascade: bool = False) -> None:
        """Drop a dataset."""
        tables = self._dataset(project, dataset)
        if tables and not cascade:
            raise BigQueryError(f"Dataset {project}:{dataset} is still in use", reason="resourceInUse")
        for info in list(tables.values()):
            self.drop(info.id)
        del self._datasets[project, dataset]

    def datasets(self, project: str) -> tuple[str, ...]:
        """Return the datasets of a project, sorted."""
        return tuple(sorted(dataset for of, dataset in self._datasets if of == project))

    def create_table(
        self,
        table: TableId,
        fields: Sequence[Field],
        *,
        partitioning: Partitioning | None = None,
        replace: bool = False,
    ) -> None:
        """Create a table."""
        self._create(TableInfo(id=table, fields=tuple(fields), partitioning=partitioning), replace=replace)

    def create_view(self, view: TableId, query: str, *, replace: bool = False) -> None:
        """Create a view; nothing can be read of it."""
        self._create(TableInfo(id=view, fields=(), query=query), replace=replace)

    def drop(self, table: TableId) -> None:
        """Drop a table or view."""
        self.table(table)
        del self._datasets[table.project, table.dataset][table.table]
        self._rows.pop(table, None)

    def insert(self, table: TableId, rows: Iterable[Mapping[str, Any]]) -> int:
        """Append rows whose values are of the right types."""
        names = [field.name for field in self.table(table).fields]
        added = [tuple(row.get(name) for name in names) for row in rows]
        self._rows.setdefault(table, []).extend(added)
        return len(added)

    def truncate(self, table: TableId) -> None:
        """Delete all rows."""
        self.table(table)
        self._rows.pop(table, None)

    def table(self, table: TableId) -> TableInfo:
        """Return what a table or view is."""
        found = self._dataset(table.project, table.dataset).get(table.table)
        if found is None:
            raise BigQueryError(f"Not found: Table {table}", reason="notFound")
        return found

    def rows(self, table: TableId) -> tuple[_Row, ...]:
        """Return all rows, in the order of insertion."""
        self.table(table)
        return tuple(self._rows.get(table, ()))

    def tables(self, project: str, dataset: str) -> tuple[TableInfo, ...]:
        """Return the tables and views of a dataset, sorted by name."""
        return tuple(info for _, info in sorted(self._dataset(project, dataset).items()))

    def _create(self, info: TableInfo, *, replace: bool) -> None:
        tables = self._dataset(info.id.project, info.id.dataset)
        if info.id.table in tables and not replace:
            raise BigQueryError(f"Already Exists: Table {info.id}", reason="duplicate")
        tables[info.id.table] = info
        self._rows.pop(info.id, None)

    def _dataset(self, project: str, dataset: str) -> dict[str, TableInfo]:
        found = self._datasets.get((project, dataset))
        if found is None:
            raise BigQueryError(f"Not found: Dataset {project}:{dataset}", reason="notFound")
        return found
