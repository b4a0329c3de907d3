"""A client of the API in a few lines: requests go to the mock itself, without HTTP."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from dagcheck.hooks.bigquery.mock import MockBigQuery

PROJECT = "projects/test-project"


class Client:
    """Sends requests of one project to a mock in the tier `fake`."""

    def __init__(self) -> None:
        self.mock = MockBigQuery("fake")

    def ask(self, verb: str, path: str, body: Any = None, headers: Any = None, **query: Any) -> dict[str, Any]:
        """Return the body of an answer that is no error."""
        status, found = self.raw(verb, path, body, headers, **query)
        assert status in {200, 204}, found
        return found

    def refused(
        self, verb: str, path: str, body: Any = None, headers: Any = None, **query: Any
    ) -> tuple[int, str, str]:
        """Return the status, the reason and the words of an error."""
        status, found = self.raw(verb, path, body, headers, **query)
        error = found["error"]
        assert error["code"] == status
        return status, error["errors"][0]["reason"], error["message"]

    def raw(self, verb: str, path: str, body: Any, headers: Any, **query: Any) -> tuple[int, dict[str, Any]]:
        """Return the status and the body of an answer."""
        content = b"" if body is None else json.dumps(body).encode()
        target = f"/bigquery/v2/{PROJECT}/{path}?{urlencode(query)}"
        reply = self.mock.api.answer(verb, target, headers or {}, content)
        assert not isinstance(reply.body, bytes)
        return reply.status, dict(reply.body or {})

    def job(self, **configuration: Any) -> dict[str, Any]:
        """Run a job and return its resource."""
        return self.ask("POST", "jobs", {"configuration": configuration})


@pytest.fixture
def client() -> Client:
    return Client()
