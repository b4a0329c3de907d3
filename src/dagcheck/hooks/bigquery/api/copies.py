"""Jobs of the kind `copy`."""

from __future__ import annotations

from dagcheck.hooks.bigquery.api.errors import invalid
from dagcheck.hooks.bigquery.api.tables import find, rows, table_id
from dagcheck.hooks.bigquery.api.world import Job, World
from dagcheck.hooks.bigquery.api.writing import write


def run_copy(world: World, job: Job) -> None:
    """Copy one table, or several with the same columns, into another."""
    settings = job.configuration["copy"]
    if (operation := settings.get("operationType") or "COPY") not in {"COPY", "OPERATION_TYPE_UNSPECIFIED"}:
        raise invalid(f"mock_bigquery copies whole tables, but makes no {operation}")
    sources = [
        find(world, table_id(one, job.project)) for one in settings.get("sourceTables") or [settings["sourceTable"]]
    ]
    fields = sources[0].fields
    for source in sources:
        if source.query is not None:
            raise invalid(f"Using table {source.id} is not allowed for this operation because of its type: VIEW")
        if source.fields != fields:
            raise invalid(f"Cannot copy tables with different schemas: {sources[0].id}, {source.id}")
    every = [row for source in sources for row in rows(world, source)]
    write(world, table_id(settings["destinationTable"], job.project), fields, every, settings)
    job.statistics["copy"] = {"copiedRows": str(len(every)), "copiedLogicalBytes": "0"}
