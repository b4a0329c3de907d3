"""DAGs made from what an API lists: what is right is published, what is wrong or late costs nothing."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from generated_dags import content, generated

if TYPE_CHECKING:
    from dagcheck.running.result import Run

RunDag = Callable[..., "Run"]
pytestmark = pytest.mark.pattern("D3", how="HTTP server")
WHEN = "2024-01-31T12:00"


class Api:
    """An HTTP server on loopback; `answers` has status and body by path, `delay` is in seconds."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, str]] = {}
        self.delay = 0.0
        self.asked: list[str] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                api.asked.append(self.path)
                time.sleep(api.delay)
                status, body = api.answers.get(self.path, (404, "no"))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_told: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))

    def list(self, *endpoints: dict[str, Any]) -> None:
        self.answers["/endpoints"] = (200, json.dumps({"endpoints": endpoints, "page": 1}))


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    made = Api()
    made.thread.start()
    for conn_id in ("CATALOGUE_API", "SHOP_API"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id}", json.dumps({"conn_type": "http", "host": made.url}))
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


def test_what_the_api_lists_is_dags(api: Api, same_with_airflow: RunDag, catalogue: Path) -> None:
    api.list({"name": "search", "path": "/search"}, {"name": "cart", "path": "/cart", "schedule": "@hourly"})
    assert not catalogue.exists()
    run = same_with_airflow("refresh_endpoint_catalogue", WHEN)
    assert run.success
    assert run.xcom("refresh") == ["cart", "search"]
    assert generated("from_api.py") == ["api_monitor_cart", "api_monitor_search"]


GOOD = {"name": "cart", "path": "/cart"}
BAD_ANSWERS = {
    "error": (500, "{}", "500"),
    "not found": (404, '{"endpoints": []}', "404"),
    "no JSON": (200, "<html>busy</html>", "endpoints.json:1: "),
    "cut off": (200, '{"endpoints": [{"name": "ca', "endpoints.json:1: "),
    "a list": (200, "[]", "endpoints.json: Input should be"),
    "missing key": (200, '{"items": []}', "endpoints.json: endpoints: Field required"),
    "nothing": (200, '{"endpoints": []}', "endpoints.json: endpoints: List should have at least 1 item"),
    "bad entry": (200, json.dumps({"endpoints": [GOOD, {"name": "x", "path": "no"}]}),
                  "endpoints.json: endpoints.1: path: String should match"),
    "missing name": (200, json.dumps({"endpoints": [{"path": "/x"}]}), "endpoints.json: endpoints.0: name: Field"),
    "twice": (200, json.dumps({"endpoints": [GOOD, GOOD]}), "endpoints.1: name: 'cart' is that of"),
}  # fmt: skip


@pytest.fixture
def watched(api: Api, catalogue: Path, run_dag: RunDag) -> dict[str, bytes]:
    """A catalogue that was refreshed while all was well."""
    api.list({"name": "search", "path": "/search"})
    assert run_dag("refresh_endpoint_catalogue", WHEN).success
    return content(catalogue)


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_an_answer_that_cannot_be_used_leaves_the_last_good_dags(
    api: Api, watched: dict[str, bytes], run_dag: RunDag, catalogue: Path, answer: tuple[int, str, str]
) -> None:
    status, body, told = answer
    api.answers["/endpoints"] = (status, body)
    run = run_dag("refresh_endpoint_catalogue", WHEN)
    assert run.run_state == "failed"
    assert told in run.errors["refresh"].message
    assert content(catalogue) == watched
    assert generated("from_api.py") == ["api_monitor_search"]


def test_an_api_that_does_not_answer_in_time_leaves_the_last_good_dags(
    api: Api,
    watched: dict[str, bytes],
    run_dag: RunDag,
    module_of: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    catalogue: Path,
) -> None:
    monkeypatch.setattr(module_of("refresh_endpoint_catalogue"), "PATIENCE", (5.0, 0.1))
    api.delay = 0.5
    run = run_dag("refresh_endpoint_catalogue", WHEN)
    assert "timed out" in run.errors["refresh"].message
    assert len(run.tries["refresh"]) == 3
    assert content(catalogue) == watched
    assert generated("from_api.py") == ["api_monitor_search"]


def test_an_api_that_is_down_leaves_the_last_good_dags(
    api: Api, watched: dict[str, bytes], run_dag: RunDag, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert api.asked
    monkeypatch.setenv(
        "AIRFLOW_CONN_CATALOGUE_API", json.dumps({"conn_type": "http", "host": f"http://127.0.0.1:{port}"})
    )
    run = run_dag("refresh_endpoint_catalogue", WHEN)
    assert "Connection refused" in run.errors["refresh"].message
    assert content(catalogue) == watched
    assert generated("from_api.py") == ["api_monitor_search"]


@pytest.mark.parametrize(("name", "path", "status"), [("shop", "/health", 200), ("basket", "/basket/health", 204)])
def test_a_monitor_asks_its_endpoint(api: Api, same_with_airflow: RunDag, name: str, path: str, status: int) -> None:
    api.answers[path] = (status, "")
    run = same_with_airflow(f"api_monitor_{name}", WHEN)
    assert run.success
    assert run.xcom("probe") == status
    assert api.asked == [path, path]  # once in memory, once by dag.test()


@pytest.mark.parametrize("status", [500, 404, 302, 204])
def test_a_monitor_fails_on_any_other_status(api: Api, run_dag: RunDag, status: int) -> None:
    api.answers["/health"] = (status, "")
    run = run_dag("api_monitor_shop", WHEN)
    assert run.run_state == "failed"
    assert f"/health answers {status}, expected 200" in run.errors["probe"].message
    assert api.asked == ["/health"] * 3
