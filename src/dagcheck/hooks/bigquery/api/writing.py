"""Writing rows into a table as the dispositions of a job say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dagcheck.hooks.bigquery.api.errors import ServiceError, invalid, not_found
from dagcheck.hooks.bigquery.api.tables import change_schema, create
from dagcheck.hooks.bigquery.api.world import World
from dagcheck.hooks.bigquery.results import BigQueryError, Field, TableId, TableInfo


def write(
    world: World, table: TableId, fields: Sequence[Field], rows: Sequence[Sequence[Any]], settings: dict[str, Any],
    default: str = "WRITE_EMPTY",
) -> None:  # fmt: skip
    """Put rows with these columns into a table.

    `settings` are those of a query, load or copy job: `writeDisposition` (else `default`), `createDisposition`,
    `schemaUpdateOptions`, how a new table is partitioned.
    """
    if "$" in table.table:
        raise invalid(f"mock_bigquery does not write single partitions: {table}")
    disposition = settings.get("writeDisposition") or default
    info = existing(world, table)
    named = [dict(zip([field.name for field in fields], row, strict=True)) for row in rows]
    if info is None:
        if settings.get("createDisposition") == "CREATE_NEVER":
            raise not_found("Table", table)
        create(world, table, tuple(fields), settings)
    elif disposition == "WRITE_EMPTY" and world.store.rows(table):
        raise ServiceError("duplicate", f"Already Exists: Table {table}")
    elif disposition == "WRITE_TRUNCATE":
        create(world, table, tuple(fields), settings, instead_of=info)
    elif disposition == "WRITE_TRUNCATE_DATA":
        world.store.truncate(table)
    else:
        _fit(world, info, fields, settings)
    world.store.insert(table, named)
    world.touch(table)


def existing(world: World, table: TableId) -> TableInfo | None:
    """Return a table, None if it is not there; ServiceError without its dataset."""
    if table.dataset not in world.store.datasets(table.project):
        raise not_found("Dataset", f"{table.project}:{table.dataset}")
    try:
        return world.store.table(table)
    except BigQueryError as error:
        if error.reason != "notFound":
            raise
        return None


def _fit(world: World, info: TableInfo, fields: Sequence[Field], settings: dict[str, Any]) -> None:
    """Check that rows may be appended; new columns only where `schemaUpdateOptions` allow them."""
    known = {field.name.lower() for field in info.fields}
    added = [field for field in fields if field.name.lower() not in known]
    where = f"Provided Schema does not match Table {info.id}."
    if added and "ALLOW_FIELD_ADDITION" not in (settings.get("schemaUpdateOptions") or ()):
        raise invalid(f"{where} Cannot add fields (field: {added[0].name})")
    _check_fields(info.fields, [field for field in fields if field not in added], where)
    if added:
        change_schema(world, info, (*info.fields, *added))


def _check_fields(old: Sequence[Field], new: Sequence[Field], where: str, within: str = "") -> None:
    known = {field.name.lower(): field for field in old}
    for field in new:
        name, there = within + field.name, known.get(field.name.lower())
        if there is None:
            raise invalid(f"{where} Cannot add fields (field: {name})")
        if field.type != there.type:
            raise invalid(f"{where} Field {name} has changed type from {there.type} to {field.type}")
        if (field.mode == "REPEATED") != (there.mode == "REPEATED"):
            raise invalid(f"{where} Field {name} has changed mode from {there.mode} to {field.mode}")
        _check_fields(there.fields, field.fields, where, f"{name}.")
