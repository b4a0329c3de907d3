"""Branching on another system's health: a real HTTP server on loopback answers well, badly, late and not at all."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck.assertions import assert_dependencies

if TYPE_CHECKING:
    from dagcheck.running.result import Run

DAY = "2024-03-05"
PATHS = {"use_external_api", "use_cached_data", "skip_processing"}
pytestmark = pytest.mark.pattern("D9", how="HTTP server")


class Partner:
    """What the server answers to each path: status and body, or None to say nothing until the test is over."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes] | None] = {"/prices": (200, b'{"lamp": 1700}')}
        self.asked: list[str] = []
        self.over = threading.Event()
        self.port = 0

    @property
    def connection(self) -> dict[str, Any]:
        return {"conn_type": "http", "host": "127.0.0.1", "port": self.port}

    def health(self, body: object, status: int = 200) -> None:
        self.answers["/health"] = (status, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.fixture
def partner() -> Iterator[Partner]:
    partner = Partner()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            partner.asked.append(self.path)
            answer = partner.answers[self.path]
            if answer is None:
                partner.over.wait(30)
                return
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        partner.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield partner
        partner.over.set()
        server.shutdown()


@pytest.fixture
def ask(run_dag: Callable[..., Run], partner: Partner) -> Callable[..., Run]:
    def asking(**options: Any) -> Run:
        return run_dag("health_branching", DAY, **{"connections": {"partner_api": partner.connection}, **options})

    return asking


def taken(run: Run) -> set[str]:
    assert run.run_state == "success", run.explain()
    assert run.state("report") == "success"
    return {path for path in PATHS if run.state(path) == "success"}


def test_the_three_paths_come_together() -> None:
    assert_dependencies(
        "health_branching",
        "check_external_system >> [use_external_api, use_cached_data, skip_processing] >> report",
    )


@pytest.mark.parametrize(
    ("status", "path"),
    [
        ("healthy", "use_external_api"),
        ("degraded", "use_cached_data"),
        ("maintenance", "skip_processing"),
        ("", "skip_processing"),
    ],
)
def test_the_status_decides(ask: Callable[..., Run], partner: Partner, status: str, path: str) -> None:
    partner.health({"status": status, "since": "2024-01-01"})
    assert taken(ask()) == {path}


@pytest.mark.parametrize("code", [204, 404, 429, 500, 503])
def test_an_http_error_means_the_cache_whatever_its_body(ask: Callable[..., Run], partner: Partner, code: int) -> None:
    partner.health(b"" if code == 204 else {"status": "healthy"}, status=code)
    assert taken(ask()) == {"use_cached_data"}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>We are fine</html>", b'{"status": "heal', b"\xff\xfe\x00", b"null", b"[]", b'"healthy"', b"3",
        b"{}", b'{"state": "healthy"}', b'{"status": null}', b'{"status": ["healthy"]}', b'{"status": {"a": 1}}',
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:30]),
)  # fmt: skip
def test_an_answer_that_cannot_be_understood_means_the_cache(
    ask: Callable[..., Run], partner: Partner, body: bytes
) -> None:
    partner.health(body)
    assert taken(ask()) == {"use_cached_data"}


def test_no_answer_in_time_means_the_cache(ask: Callable[..., Run], partner: Partner) -> None:
    partner.answers["/health"] = None
    assert taken(ask(params={"timeout_seconds": 0.2})) == {"use_cached_data"}
    assert partner.asked == ["/health"]


def test_nobody_at_the_address_means_the_cache(ask: Callable[..., Run]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = {"conn_type": "http", "host": "127.0.0.1", "port": closed.getsockname()[1]}
        assert taken(ask(connections={"partner_api": address})) == {"use_cached_data"}


def test_a_name_that_is_none_means_the_cache(ask: Callable[..., Run]) -> None:
    address = {"conn_type": "http", "host": "no such host"}
    assert taken(ask(connections={"partner_api": address})) == {"use_cached_data"}


def test_a_connection_that_was_forgotten_is_our_fault_and_fails(ask: Callable[..., Run], partner: Partner) -> None:
    run = ask(connections={})
    assert (run.state("check_external_system"), run.state("report")) == ("failed", "upstream_failed")
    assert "partner_api" in run.errors["check_external_system"].message
    assert partner.asked == []


def test_a_partner_that_falls_over_after_it_said_it_is_healthy_fails_the_call(
    ask: Callable[..., Run], partner: Partner
) -> None:
    partner.health({"status": "healthy"})
    partner.answers["/prices"] = (500, b"")
    run = ask()
    assert len(run.tries["use_external_api"]) == 2
    assert (run.state("use_external_api"), run.state) == ("failed", "failed")


def test_the_report_says_where_the_prices_came_from(
    same_with_airflow: Callable[..., Run], ask: Callable[..., Run], partner: Partner
) -> None:
    partner.health({"status": "healthy"})
    run = same_with_airflow("health_branching", DAY, connections={"partner_api": partner.connection})
    assert run.xcom("use_external_api") == {"lamp": 1700}
    assert run.xcom("report").endswith("from the partner")
    partner.health({"status": "degraded"})
    assert ask().xcom("report").endswith("from the cache")
    partner.health({"status": "closed"})
    assert ask().xcom("report").endswith("from nowhere")
