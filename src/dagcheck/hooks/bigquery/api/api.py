"""The API of one mock: from a request over HTTP to its answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dagcheck.hooks.answers import Call, UnansweredCallError
from dagcheck.hooks.bigquery.api.errors import ServiceError, as_service_error
from dagcheck.hooks.bigquery.api.request import Reply, Request
from dagcheck.hooks.bigquery.api.routes import Route, find
from dagcheck.hooks.bigquery.api.world import World
from dagcheck.hooks.bigquery.credentials import TOKEN_PATH
from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError

Heard = Callable[[Call, Callable[[], Any]], Any]


class Api:
    """Answers requests, one at a time.

    `heard` is told of each and may answer, or fail, in its place; `broken` is told of errors that are not BigQuery's.
    """

    def __init__(self, world: World, heard: Heard, broken: Callable[[Exception], None]) -> None:
        self._world = world
        self._heard = heard
        self._broken = broken

    def answer(self, verb: str, target: str, headers: Mapping[str, str], content: bytes) -> Reply:
        """Answer a request; what the API refuses is an error as BigQuery sends it."""
        parts = urlsplit(target)
        if parts.path == TOKEN_PATH:
            return Reply(body={"access_token": "dagcheck", "expires_in": 3600, "token_type": "Bearer"})
        found = find(verb, parts.path)
        if found is None:
            return _failed(ServiceError("notImplemented", f"mock_bigquery does not know {verb} {parts.path}", 501))
        route, names = found
        named = {name.title(): value for name, value in headers.items()}  # their case means nothing
        request = Request(path=names, query=dict(parse_qsl(parts.query)), headers=named, content=content)
        try:
            with self._world.lock:
                return self._handled(route, request)
        except (ServiceError, BigQueryError, UnsupportedSqlError, UnansweredCallError) as error:
            return _failed(as_service_error(error))
        except Exception as error:  # noqa: BLE001 -- ours, or the test's own: told when the block ends
            self._broken(error)
            return _failed(ServiceError("invalid", f"mock_bigquery failed: {type(error).__name__}: {error}"))

    def _handled(self, route: Route, request: Request) -> Reply:
        call = Call(method=route.operation, arguments={**request.path, **_told(request)})
        found = self._heard(call, lambda: route.handler(self._world, request))
        return found if isinstance(found, Reply) else Reply(body=found)


def _failed(error: ServiceError) -> Reply:
    return Reply(body=error.body(), status=error.code)


def _told(request: Request) -> dict[str, Any]:
    if not request.content or not request.content.lstrip().startswith(b"{"):
        return {}
    try:
        return {"body": json.loads(request.content)}
    except ValueError:
        return {}
