"""How tables are divided, and which partitions they have."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from dagcheck.hooks.bigquery.api.errors import ServiceError, invalid
from dagcheck.hooks.bigquery.api.world import World
from dagcheck.hooks.bigquery.results import Field, Partitioning, Result, TableId, TableInfo

_FORMATS = {"YEAR": "%Y", "MONTH": "%Y%m", "DAY": "%Y%m%d", "HOUR": "%Y%m%d%H"}
# BigQueryAsyncHook.create_job_for_partition_get (google/cloud/hooks/bigquery.py), which named the table from 12.0 on.
_ASKED = re.compile(
    r"SELECT partition_id FROM `([^`.]+)\.([^`.]+)\.INFORMATION_SCHEMA\.PARTITIONS`(?: WHERE table_name='([^']+)')?"
)
_SUMMARY = "$__PARTITIONS_SUMMARY__"
_FIELDS = tuple(
    Field(name=name, type=kind)
    for name, kind in (
        ("project_id", "STRING"),
        ("dataset_id", "STRING"),
        ("table_id", "STRING"),
        ("partition_id", "STRING"),
        ("creation_time", "INTEGER"),
        ("last_modified_time", "INTEGER"),
    )
)


def partitioning(settings: dict[str, Any]) -> Partitioning | None:
    """Return what `timePartitioning` or `rangePartitioning` of a table or job says."""
    if by_time := settings.get("timePartitioning"):
        require = bool(settings.get("requirePartitionFilter") or by_time.get("requirePartitionFilter"))
        return Partitioning(type=by_time.get("type") or "DAY", field=by_time.get("field"), require_filter=require)
    if by_range := settings.get("rangePartitioning"):
        return Partitioning(
            type="RANGE", field=by_range["field"], require_filter=bool(settings.get("requirePartitionFilter"))
        )
    return None


def summary(world: World, table: TableId) -> tuple[TableInfo, tuple[tuple[Any, ...], ...]]:
    """Return the meta table `table$__PARTITIONS_SUMMARY__` of legacy SQL, which clients list partitions with."""
    whole = TableId(project=table.project, dataset=table.dataset, table=table.table.removesuffix(_SUMMARY))
    info = world.store.table(whole)
    if info.partitioning is None:
        raise invalid(f"Cannot read partition information from a table that is not partitioned: {whole}")
    notes = world.notes(whole)
    created, modified = int(notes["creationTime"]), int(notes["lastModifiedTime"])
    found = [
        (whole.project, whole.dataset, whole.table, partition, created, modified)
        for partition in partitions(world, info)
    ]
    return TableInfo(id=table, fields=_FIELDS), tuple(found)


def partitions(world: World, info: TableInfo) -> list[str]:
    """Return the ids of the partitions that have rows."""
    division = info.partitioning
    if division is None:
        return []
    if division.field is None or division.type == "RANGE":
        kind = "ranges of integers" if division.field else "the time of arrival"
        raise ServiceError("invalid", f"mock_bigquery does not list partitions by {kind}")
    at = [field.name.lower() for field in info.fields].index(division.field.lower())
    return sorted({_partition_id(row[at], division.type) for row in world.store.rows(info.id)})


def partition_ids(world: World, sql: str) -> Result | None:
    """Return what the trigger of the provider's sensor for partitions asks for; None for any other statement.

    A table that is not partitioned has one partition, without an id.
    """
    if (asked := _ASKED.fullmatch(sql.strip())) is None:
        return None
    found = [
        (partition,)
        for info in world.store.tables(asked[1], asked[2])
        if info.query is None and asked[3] in {None, info.id.table}
        for partition in (partitions(world, info) if info.partitioning else [None])
    ]
    return Result(statement_type="SELECT", fields=(Field(name="partition_id", type="STRING"),), rows=tuple(found))


def _partition_id(value: dt.date | None, kind: str) -> str:
    return "__NULL__" if value is None else value.strftime(_FORMATS[kind])
