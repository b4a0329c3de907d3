"""Which method of the API a request is for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from dagcheck.hooks.bigquery.api import datasets, jobs, query_results, tabledata, tables, uploads
from dagcheck.hooks.bigquery.api.request import Reply, Request
from dagcheck.hooks.bigquery.api.world import World

Handler = Callable[[World, Request], Mapping[str, Any] | Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """A method of the API: its name there, the verb, the path."""

    operation: str
    verb: str
    path: str
    handler: Handler

    def match(self, verb: str, path: str) -> dict[str, str] | None:
        """Return the names in a path, if it is one of this route."""
        found = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", self.path), path) if verb == self.verb else None
        return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


_DATASETS, _TABLES = "projects/{project}/datasets", "projects/{project}/datasets/{dataset}/tables"
_JOBS, _QUERIES = "projects/{project}/jobs", "projects/{project}/queries"
ROUTES = (
    Route("datasets.list", "GET", _DATASETS, datasets.list_),
    Route("datasets.insert", "POST", _DATASETS, datasets.insert),
    Route("datasets.get", "GET", f"{_DATASETS}/{{dataset}}", datasets.get),
    Route("datasets.patch", "PATCH", f"{_DATASETS}/{{dataset}}", datasets.patch),
    Route("datasets.update", "PUT", f"{_DATASETS}/{{dataset}}", datasets.update),
    Route("datasets.delete", "DELETE", f"{_DATASETS}/{{dataset}}", datasets.delete),
    Route("tables.list", "GET", _TABLES, tables.list_),
    Route("tables.insert", "POST", _TABLES, tables.insert),
    Route("tables.get", "GET", f"{_TABLES}/{{table}}", tables.get),
    Route("tables.patch", "PATCH", f"{_TABLES}/{{table}}", tables.patch),
    Route("tables.update", "PUT", f"{_TABLES}/{{table}}", tables.update),
    Route("tables.delete", "DELETE", f"{_TABLES}/{{table}}", tables.delete),
    Route("tabledata.list", "GET", f"{_TABLES}/{{table}}/data", tabledata.list_),
    Route("tabledata.insertAll", "POST", f"{_TABLES}/{{table}}/insertAll", tabledata.insert_all),
    Route("jobs.list", "GET", _JOBS, jobs.list_),
    Route("jobs.insert", "POST", _JOBS, jobs.insert),
    Route("jobs.insert", "POST", f"upload/bigquery/v2/{_JOBS}", uploads.upload),
    Route("jobs.insert", "PUT", "upload/bigquery/v2/{upload}", uploads.resume),
    Route("jobs.get", "GET", f"{_JOBS}/{{job}}", jobs.get),
    Route("jobs.cancel", "POST", f"{_JOBS}/{{job}}/cancel", jobs.cancel),
    Route("jobs.delete", "DELETE", f"{_JOBS}/{{job}}/delete", jobs.delete),
    Route("jobs.query", "POST", _QUERIES, query_results.query),
    Route("jobs.getQueryResults", "GET", f"{_QUERIES}/{{job}}", query_results.get_results),
)
OPERATIONS = tuple(dict.fromkeys(route.operation for route in ROUTES))


def find(verb: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the route of a request and the names in its path, with or without `/bigquery/v2` before it."""
    plain = path.lstrip("/").removeprefix("bigquery/v2/")
    for route in ROUTES:
        if (names := route.match(verb, plain)) is not None:
            return route, names
    return None
