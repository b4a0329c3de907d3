"""Tables from the test's side: by name, filled and read without any API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dagcheck.errors import UsageError, unknown
from dagcheck.hooks.answers import short
from dagcheck.hooks.bigquery.api.schemas import given_schema, inferred
from dagcheck.hooks.bigquery.api.tables import create
from dagcheck.hooks.bigquery.api.values import WrongValueError, row_from_api
from dagcheck.hooks.bigquery.api.world import World
from dagcheck.hooks.bigquery.results import TableId


class Tables:
    """The tables of a mock."""

    def __init__(self, world: World) -> None:
        self._world = world

    def create_dataset(self, name: str) -> None:
        """Create a dataset, `dataset` or `project.dataset`, if it is not there."""
        project, dataset = self._parts(name, 1)
        with self._world.lock:
            if dataset not in self._world.store.datasets(project):
                self._world.store.create_dataset(project, dataset)

    def seed(self, name: str, rows: Sequence[Mapping[str, Any]], schema: Any) -> None:
        """Add rows to a table, and create what is not there."""
        table = self._id(name)
        self.create_dataset(f"{table.project}.{table.dataset}")
        with self._world.lock:
            known = {info.id: info for info in self._world.store.tables(table.project, table.dataset)}
            if table in known and schema is not None:
                raise UsageError(f"the table {name!r} has a schema: seed it with rows alone")
            if table not in known:
                fields = inferred(rows) if schema is None else given_schema(schema)
                if not fields:
                    raise UsageError(f"the table {name!r} would have no column: give rows or a schema")
                create(self._world, table, fields, {})
            else:
                fields = known[table].fields
            try:
                good = [row_from_api(fields, row) for row in rows]
            except WrongValueError as error:
                raise UsageError(f"the table {name!r}: {error}") from None
            self._world.store.insert(table, good)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a table."""
        found = self.all()
        table = self._id(name)
        if self._name(table) not in found:
            raise UsageError(unknown("table", name, found))
        return found[self._name(table)]

    def all(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of every table by name."""
        store = self._world.store
        with self._world.lock:
            infos = [
                info
                for project in self._world.projects()
                for dataset in store.datasets(project)
                for info in store.tables(project, dataset)
                if info.query is None
            ]
            return {
                self._name(info.id): [
                    dict(zip([field.name for field in info.fields], row, strict=True)) for row in store.rows(info.id)
                ]
                for info in infos
            }

    def assert_rows(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Compare in any order."""
        found, missing = self.rows(name), []
        for row in rows:
            if dict(row) in found:
                found.remove(dict(row))
            else:
                missing.append(row)
        if missing or found:
            told = [f"\n  missing: {short(row)}" for row in missing] + [f"\n  too much: {short(row)}" for row in found]
            raise AssertionError(f"the table {name!r} has other rows:{''.join(told)}")

    def _id(self, name: str) -> TableId:
        project, dataset, table = self._parts(name, 2)
        return TableId(project=project, dataset=dataset, table=table)

    def _name(self, table: TableId) -> str:
        own = table.project == self._world.project
        return f"{table.dataset}.{table.table}" if own else f"{table.project}.{table.dataset}.{table.table}"

    def _parts(self, name: str, least: int) -> list[str]:
        parts = name.replace(":", ".").split(".")
        if not all(parts) or len(parts) not in {least, least + 1}:
            form = "dataset" if least == 1 else "dataset.table"
            raise UsageError(f"{name!r} is not of the form {form} or project.{form}")
        return parts if len(parts) > least else [self._world.project, *parts]
