"""Jobs of the kind `load`."""

from __future__ import annotations

from dagcheck.hooks.bigquery.api.errors import ServiceError
from dagcheck.hooks.bigquery.api.files import read
from dagcheck.hooks.bigquery.api.objects import matching
from dagcheck.hooks.bigquery.api.schemas import from_api
from dagcheck.hooks.bigquery.api.tables import table_id
from dagcheck.hooks.bigquery.api.world import Job, World
from dagcheck.hooks.bigquery.api.writing import existing, write


def run_load(world: World, job: Job, uploaded: bytes | None = None) -> None:
    """Read what was uploaded, or the objects that the job names, into its table."""
    settings = job.configuration["load"]
    table = table_id(settings["destinationTable"], job.project)
    contents = matching(world.objects, settings.get("sourceUris") or ()) if uploaded is None else [uploaded]
    fields = from_api((settings.get("schema") or {}).get("fields") or ())
    known = existing(world, table)
    replaces = settings.get("writeDisposition") == "WRITE_TRUNCATE"
    if not fields and known is not None and not (replaces and settings.get("autodetect")):
        fields = known.fields
    loaded = read(contents, settings, fields)
    if len(loaded.errors) > int(settings.get("maxBadRecords") or 0):
        raise ServiceError("invalid", loaded.errors[0])
    rows = [[row.get(field.name) for field in loaded.fields] for row in loaded.rows]
    write(world, table, loaded.fields, rows, settings, default="WRITE_APPEND")
    job.statistics["load"] = {
        "inputFiles": str(len(contents)),
        "inputFileBytes": str(sum(map(len, contents))),
        "outputRows": str(len(rows)),
        "outputBytes": "0",
        "badRecords": str(len(loaded.errors)),
    }
