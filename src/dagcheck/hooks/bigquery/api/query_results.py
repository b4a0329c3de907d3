"""Results of queries, page by page, and the API's shorter way to run one."""

from __future__ import annotations

from typing import Any

from dagcheck.hooks.bigquery.api.errors import as_service_error, invalid
from dagcheck.hooks.bigquery.api.jobs import begun
from dagcheck.hooks.bigquery.api.queries import run_query
from dagcheck.hooks.bigquery.api.request import Request, page
from dagcheck.hooks.bigquery.api.schemas import to_api
from dagcheck.hooks.bigquery.api.values import row_to_api, timestamps_wanted
from dagcheck.hooks.bigquery.api.world import Job, World
from dagcheck.hooks.bigquery.results import Result


def query(world: World, request: Request) -> dict[str, Any]:
    """Run a statement and return the first page of its result: jobs.query."""
    body, project = request.body, request.path["project"]
    keys = ("query", "defaultDataset", "parameterMode", "queryParameters", "useLegacySql", "useQueryCache",
            "maximumBytesBilled", "connectionProperties", "createSession", "writeIncrementalResults")  # fmt: skip
    configuration: dict[str, Any] = {"query": {key: body[key] for key in keys if key in body}}
    configuration |= {key: body[key] for key in ("dryRun", "labels") if key in body}
    job = begun(world, project, configuration, {"location": body.get("location")})
    try:
        run_query(world, job)
    except Exception as error:  # that of the job is that of the request
        job.error = error
        raise
    finally:
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
