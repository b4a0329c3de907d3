"""Jobs: https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from dagcheck.hooks.answers import UnansweredCallError
from dagcheck.hooks.bigquery.api.copies import run_copy
from dagcheck.hooks.bigquery.api.errors import ServiceError, as_service_error, invalid
from dagcheck.hooks.bigquery.api.extracts import run_extract
from dagcheck.hooks.bigquery.api.loads import run_load
from dagcheck.hooks.bigquery.api.queries import run_query
from dagcheck.hooks.bigquery.api.request import Reply, Request, page
from dagcheck.hooks.bigquery.api.world import LOCATION, Job, World, now
from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError

_ID = re.compile(r"[A-Za-z0-9_-]{1,1024}")
_RUNNERS: dict[str, Callable[[World, Job], None]] = {
    "query": run_query,
    "load": run_load,
    "copy": run_copy,
    "extract": run_extract,
}


def insert(world: World, request: Request) -> dict[str, Any]:
    """Start a job, and end it: the answer of a dry run is all there is of it."""
    body = request.body
    return start(world, request.path["project"], body.get("configuration") or {}, body.get("jobReference") or {})


def start(
    world: World, project: str, configuration: dict[str, Any], reference: dict[str, Any], data: bytes | None = None
) -> dict[str, Any]:
    """Run a job and return its resource; `data` is what was uploaded for it."""
    job = begun(world, project, configuration, reference)
    dry = bool(configuration.get("dryRun"))
    try:
        _run(world, job, data)
    except (ServiceError, BigQueryError, UnsupportedSqlError, UnansweredCallError) as error:
        if dry:
            raise
        job.error = error
    finally:
        if dry:
            del world.jobs[project, job.id]
    return resource(job)


def _run(world: World, job: Job, data: bytes | None) -> None:
    if data is None:
        _RUNNERS[job.kind](world, job)
    elif job.kind == "load":
        run_load(world, job, data)
    else:
        raise invalid("Only load jobs take data")


def begun(world: World, project: str, configuration: dict[str, Any], reference: dict[str, Any]) -> Job:
    """Return a new job; ServiceError for an id that is taken or none, and for a configuration of no known kind."""
    job_id = reference.get("jobId") or f"job_{uuid.uuid4().hex}"
    if not _ID.fullmatch(job_id):
        raise invalid(f'Invalid job ID "{job_id}". Only alphanumeric characters, _ and - are allowed.')
    if sum(kind in configuration for kind in _RUNNERS) != 1:
        raise invalid("Required parameter is missing: one of " + ", ".join(_RUNNERS) + "")
    location = reference.get("location") or LOCATION
    if (project, job_id) in world.jobs:
        raise ServiceError("duplicate", f"Already Exists: Job {project}:{location}.{job_id}")
    job = Job(
        project=project, id=job_id, location=location, configuration=configuration, polls=world.polls, created=now()
    )
    world.jobs[project, job_id] = job
    return job


def get(world: World, request: Request) -> dict[str, Any]:
    """Return a job; this is what counts down the times that it says it is running."""
    job = world.job(request.path["project"], request.path["job"])
    found = resource(job)
    job.polls = max(job.polls - 1, 0)
    return found


def list_(world: World, request: Request) -> dict[str, Any]:
    """Return a page of a project's jobs, the latest first, by `stateFilter` and `parentJobId` too."""
    project, query = request.path["project"], request.query
    every = [job for job in reversed(world.jobs.values()) if job.project == project]
    every = [job for job in every if job.parent == query.get("parentJobId")]
    if "stateFilter" in query:
        every = [job for job in every if _state(job).lower() == query["stateFilter"].lower()]
    shown, token = page(every, request, f"{project}/jobs", world.page_size)
    items = [{"state": _state(job), **resource(job)} for job in shown]
    return {"kind": "bigquery#jobList", "jobs": items, **({"nextPageToken": token} if token else {})}


def cancel(world: World, request: Request) -> dict[str, Any]:
    """Stop a job that says it is running."""
    job = world.job(request.path["project"], request.path["job"])
    if job.polls:
        job.polls, job.result = 0, None
        job.error = ServiceError("stopped", "Job execution was cancelled: User requested cancellation", 499)
    return {"kind": "bigquery#jobCancelResponse", "job": resource(job)}


def delete(world: World, request: Request) -> Reply:
    """Forget a job."""
    del world.jobs[request.path["project"], world.job(request.path["project"], request.path["job"]).id]
    return Reply(status=204)


def resource(job: Job) -> dict[str, Any]:
    """Return a job as the API has it."""
    status: dict[str, Any] = {"state": _state(job)}
    if job.error is not None and status["state"] == "DONE":
        proto = as_service_error(job.error).proto()
        status |= {"errorResult": proto, "errors": [proto]}
    times = {"creationTime": str(job.created), "startTime": str(job.created)}
    if status["state"] == "DONE":
        times["endTime"] = str(now())
    parent = {"parentJobId": job.parent} if job.parent else {}
    return {
        "kind": "bigquery#job",
        "etag": "",
        "id": f"{job.project}:{job.location}.{job.id}",
        "jobReference": {"projectId": job.project, "jobId": job.id, "location": job.location},
        "configuration": {"jobType": job.kind.upper(), **job.configuration},
        "status": status,
        "statistics": {**times, "totalBytesProcessed": "0", **parent, **job.statistics},
        "user_email": "dagcheck@example.com",
    }


def _state(job: Job) -> str:
    return "RUNNING" if job.polls else "DONE"
