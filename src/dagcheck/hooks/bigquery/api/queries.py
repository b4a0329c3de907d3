"""Queries: jobs of the kind `query`, and the API's shorter way to run one and to read its result."""

from __future__ import annotations

import uuid
from typing import Any

from dagcheck.hooks.bigquery.api.errors import as_service_error, invalid
from dagcheck.hooks.bigquery.api.parameters import parameters
from dagcheck.hooks.bigquery.api.request import Request, page
from dagcheck.hooks.bigquery.api.schemas import to_api
from dagcheck.hooks.bigquery.api.tables import reference, table_id
from dagcheck.hooks.bigquery.api.values import row_to_api, timestamps_wanted
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


def query(world: World, request: Request) -> dict[str, Any]:
    """Run a statement and return the first page of its result: jobs.query."""
    from dagcheck.hooks.bigquery.api.jobs import begun

    body, project = request.body, request.path["project"]
    keys = ("query", "defaultDataset", "parameterMode", "queryParameters", "useLegacySql", "useQueryCache",
            "maximumBytesBilled", "connectionProperties", "createSession", "writeIncrementalResults")  # fmt: skip
    configuration: dict[str, Any] = {"query": {key: body[key] for key in keys if key in body}}
    configuration |= {key: body[key] for key in ("dryRun", "labels") if key in body}
    job = begun(world, project, configuration, {"location": body.get("location")})
    run_query(world, job)  # its errors are those of the request
    if body.get("dryRun"):
        del world.jobs[project, job.id]
    asked = {"maxResults": str(body["maxResults"])} if body.get("maxResults") is not None else {}
    told = _result(world, job, Request(query=asked), timestamps_wanted(body.get("formatOptions") or {}))
    return {"statementType": job.statistics["query"]["statementType"], **told, "kind": "bigquery#queryResponse"}


def get_results(world: World, request: Request) -> dict[str, Any]:
    """Return a page of a job's result, and wait for its end; a failed job is an error: jobs.getQueryResults."""
    job = world.job(request.path["project"], request.path["job"])
    if job.kind != "query":
        raise invalid(f"Cannot get the results of a job that is no query: {job.project}:{job.id}")
    job.polls = 0
    options = {key.removeprefix("formatOptions."): value for key, value in request.query.items()}
    return _result(world, job, request, timestamps_wanted(options))


def _result(world: World, job: Job, request: Request, form: str) -> dict[str, Any]:
    if job.error is not None:
        raise as_service_error(job.error)
    result = job.result or Result(statement_type="SELECT")
    shown, token = page(result.rows, request, f"result of {job.id}", world.page_size)
    affected = {} if result.affected is None else {"numDmlAffectedRows": str(result.affected)}
    has_rows = result.statement_type in {"SELECT", "SCRIPT"} or result.fields
    return {
        "kind": "bigquery#getQueryResultsResponse",
        "etag": "",
        "schema": {"fields": to_api(result.fields)},
        "jobReference": {"projectId": job.project, "jobId": job.id, "location": job.location},
        "location": job.location,
        "queryId": job.id,
        "jobComplete": True,
        "totalBytesProcessed": "0",
        "cacheHit": False,
        **({"totalRows": str(len(result.rows))} if has_rows else {}),
        **({"rows": [row_to_api(result.fields, row, form) for row in shown]} if shown else {}),
        **({"pageToken": token} if token else {}),
        **affected,
    }


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
