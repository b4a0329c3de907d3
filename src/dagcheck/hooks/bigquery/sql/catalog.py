"""Which datasets, tables and views there are, and under which names DuckDB has them."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dagcheck.hooks.bigquery.results import BigQueryError, Field, TableId, TableInfo
from dagcheck.hooks.bigquery.sql import types
from dagcheck.hooks.bigquery.sql.types import SqlType

ARRIVAL = "arrival"  # the column that holds _PARTITIONTIME, in tables partitioned by the time of arrival

TEMPORARY = "_script"  # the dataset of the temporary tables of a script


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A table or view; `columns` are the names of its columns in DuckDB, in the order of its fields."""

    info: TableInfo
    name: str
    columns: tuple[str, ...]
    number: int
    """Counts creations: a wildcard takes the schema of the latest table."""
    dataset: str | None = None
    """The default dataset in which the query of a view was written."""

    @property
    def types(self) -> tuple[SqlType, ...]:
        """The types of its columns."""
        return tuple(types.of_field(field) for field in self.info.fields)

    @property
    def by_arrival(self) -> bool:
        """Whether it is partitioned by the time of arrival."""
        return self.info.partitioning is not None and self.info.partitioning.field is None


class Catalog:
    """The datasets of one engine."""

    def __init__(self) -> None:
        self._datasets: dict[tuple[str, str], dict[str, Stored]] = {}
        self._numbers = itertools.count(1)

    def create_dataset(self, project: str, dataset: str) -> None:
        """Create a dataset; BigQueryError (duplicate) if it is there."""
        if (project, dataset) in self._datasets:
            raise BigQueryError(f"Already Exists: Dataset {project}:{dataset}", reason="duplicate")
        self._datasets[project, dataset] = {}

    def drop_dataset(self, project: str, dataset: str) -> None:
        """Forget a dataset."""
        self.tables(project, dataset)
        del self._datasets[project, dataset]

    def datasets(self, project: str) -> tuple[str, ...]:
        """Return the names of a project's datasets."""
        return tuple(sorted(dataset for owner, dataset in self._datasets if owner == project and dataset != TEMPORARY))

    def has_dataset(self, project: str, dataset: str) -> bool:
        """Tell whether there is the dataset."""
        return (project, dataset) in self._datasets

    def tables(self, project: str, dataset: str) -> tuple[Stored, ...]:
        """Return the tables and views of a dataset by name; BigQueryError (notFound) if it is not there."""
        if (project, dataset) not in self._datasets:
            raise BigQueryError(f"Not found: Dataset {project}:{dataset}", reason="notFound")
        return tuple(stored for _, stored in sorted(self._datasets[project, dataset].items()))

    def find(self, table: TableId) -> Stored | None:
        """Return a table or view, or None."""
        return self._datasets.get((table.project, table.dataset), {}).get(table.table)

    def get(self, table: TableId) -> Stored:
        """Return a table or view; BigQueryError (notFound) if it, or its dataset, is not there."""
        self.tables(table.project, table.dataset)
        found = self.find(table)
        if found is None:
            raise BigQueryError(f"Not found: Table {table}", reason="notFound")
        return found

    def new(self, info: TableInfo, dataset: str | None = None) -> Stored:
        """Return how a table will be stored; `put` makes it known."""
        number = next(self._numbers)
        columns = tuple(f"c{i}" for i in range(len(info.fields)))
        return Stored(info=info, name=f"t{number}", columns=columns, number=number, dataset=dataset)

    def put(self, stored: Stored) -> None:
        """Make a table known, in place of one of its name."""
        self.tables(stored.info.id.project, stored.info.id.dataset)
        self._datasets[stored.info.id.project, stored.info.id.dataset][stored.info.id.table] = stored

    def remove(self, table: TableId) -> None:
        """Forget a table."""
        del self._datasets[table.project, table.dataset][table.table]

    def snapshot(self) -> dict[tuple[str, str], dict[str, Stored]]:
        """Return what `restore` takes back after an error."""
        return {key: dict(tables) for key, tables in self._datasets.items()}

    def restore(self, snapshot: dict[tuple[str, str], dict[str, Stored]]) -> None:
        """Go back to a snapshot."""
        self._datasets = snapshot


def added(stored: Stored, fields: Sequence[Field]) -> Stored:
    """Return the table with more columns."""
    first = max((int(column[1:]) for column in stored.columns), default=-1) + 1
    names = tuple(f"c{first + i}" for i in range(len(fields)))
    info = dataclasses.replace(stored.info, fields=(*stored.info.fields, *fields))
    return dataclasses.replace(stored, info=info, columns=(*stored.columns, *names))


def physical_columns(stored: Stored) -> Iterator[str]:
    """Yield the columns as CREATE TABLE of DuckDB wants them."""
    for column, type_, field in zip(stored.columns, stored.types, stored.info.fields, strict=True):
        yield f"{column} {types.physical(type_)}{' NOT NULL' if field.mode == 'REQUIRED' else ''}"
    if stored.by_arrival:
        yield f"{ARRIVAL} TIMESTAMP"
