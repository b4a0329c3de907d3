"""Jobs of the kind `query`."""

from __future__ import annotations

import uuid
from typing import Any

from dagcheck.hooks.bigquery.api.errors import invalid
from dagcheck.hooks.bigquery.api.parameters import parameters
from dagcheck.hooks.bigquery.api.schemas import to_api
from dagcheck.hooks.bigquery.api.tables import reference, table_id
from dagcheck.hooks.bigquery.api.world import Job, Query, World
from dagcheck.hooks.bigquery.api.writing import write
from dagcheck.hooks.bigquery.results import Result, TableId

_DML = ("INSERT", "UPDATE", "DELETE", "MERGE")


def run_query(world: World, job: Job) -> None:
    """Run the statement of a job; its rows go to the destination table, or to one without a name."""
    settings = job.configuration["query"]
    query = _query(job)
    result = job.result = world.run(query)
    job.statistics |= statistics(result)
    if query.dry_run:
        job.statistics["query"]["schema"] = {"fields": to_api(result.fields)}
        return
    _add_children(world, job, result)
    if settings.get("destinationTable"):
        if result.statement_type != "SELECT":
            raise invalid("Cannot set destination table in jobs with DDL, DML or script statements")
        write(world, table_id(settings["destinationTable"], job.project), result.fields, result.rows, settings)
    elif result.fields:
        table = TableId(project=job.project, dataset="_dagcheck_results", table=f"anon{uuid.uuid4().hex}")
        world.anonymous[table] = result
        settings["destinationTable"] = reference(table)


def statistics(result: Result) -> dict[str, Any]:
    """Return what a job tells of its statement."""
    told: dict[str, Any] = {"statementType": result.statement_type, "totalBytesProcessed": "0",
                            "totalBytesBilled": "0", "cacheHit": False}  # fmt: skip
    if result.affected is not None:
        told["numDmlAffectedRows"] = str(result.affected)
        told["dmlStats"] = {
            "insertedRowCount": str(result.inserted),
            "updatedRowCount": str(result.updated),
            "deletedRowCount": str(result.deleted),
        }
    if result.operation is not None:
        told["ddlOperationPerformed"] = result.operation
    if result.target is not None and result.operation is not None:
        told["ddlTargetTable"] = reference(result.target)
    children = {"numChildJobs": str(len(result.children))} if result.children else {}
    return {"query": told, **children}


def _query(job: Job) -> Query:
    settings = job.configuration["query"]
    if not settings.get("query"):
        raise invalid("Required parameter is missing: query")
    default = settings.get("defaultDataset") or {}
    dataset = ".".join(part for part in (default.get("projectId"), default.get("datasetId")) if part)
    for key, kind in (
        ("tableDefinitions", "external tables"),
        ("userDefinedFunctionResources", "functions of legacy SQL"),
    ):
        if settings.get(key):
            raise invalid(f"mock_bigquery has no {kind} in queries")
    return Query(
        sql=settings["query"],
        parameters=parameters(settings.get("queryParameters") or ()),
        project=job.project,
        dataset=dataset or None,
        legacy=bool(settings.get("useLegacySql", True)),  # the API's own default
        dry_run=bool(job.configuration.get("dryRun")),
        labels=job.configuration.get("labels") or {},
    )


def _add_children(world: World, job: Job, result: Result) -> None:
    for number, child in enumerate(result.children):
        child_id = f"script_job_{job.id}_{number}"
        world.jobs[job.project, child_id] = Job(
            project=job.project, id=child_id, location=job.location, configuration={"query": {"query": ""}},
            statistics=statistics(child), result=child, parent=job.id,
        )  # fmt: skip
