"""An HTTP server and an SMTP server of the test's own, on loopback: what a test says is what they answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One request; the names of its headers are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; a body that is no bytes is sent as JSON. None as status hangs up without an answer."""

    body: Any = b""
    status: int | None = 200
    headers: dict[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Any]


class Web:
    """Answers with what its functions return, by `METHOD /path`: a Reply, or a value that is sent as JSON.

    `otherwise` answers what no route does; without one that is 404.
    """

    def __init__(self) -> None:
        self.routes: dict[str, Answer] = {}
        self.otherwise: Answer | None = None
        self.requests: list[Request] = []
        self.url = ""

    def route(self, name: str, answer: Answer) -> None:
        """Let a function answer `GET /orders` and the like."""
        self.routes[name] = answer

    def asked(self, name: str) -> list[Request]:
        """Return the requests to a route, in order."""
        return [one for one in self.requests if f"{one.method} {one.path}" == name]

    def answer(self, request: Request) -> Reply:
        """Note a request and return the answer to it."""
        self.requests.append(request)
        found = self.routes.get(f"{request.method} {request.path}", self.otherwise)
        if found is None:
            return Reply({"error": f"no route {request.method} {request.path}"}, 404)
        reply = found(request)
        return reply if isinstance(reply, Reply) else Reply(reply)


@contextmanager
def http_server() -> Iterator[Web]:
    """Serve on a free port until the block ends."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = web.answer(Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body))
            if reply.status is None:
                return
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(content)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # the client wants no more of it
                self.wfile.write(content)

        def __getattr__(self, name: str) -> Any:
            """do_GET, do_POST and so on."""
            if name.startswith("do_"):
                return self.handle_any
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Mailbox:
    """What came by mail; `refusal` is what the server says instead of taking a message."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusal: str | None = None
        self.port = 0

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        """Take a message."""
        from email import message_from_bytes, policy

        if self.refusal is not None:
            return self.refusal
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    """Take mail on a free port until the block ends."""
    import socket

    from aiosmtpd.controller import Controller

    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def statsd_server() -> Iterator[Callable[[], list[str]]]:
    """Take datagrams on a free port, to which Airflow's metrics are configured until the block ends.

    Gives a function that returns what came since it was asked last.
    """
    import socket
    from unittest.mock import patch

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0)  # on loopback a datagram is there as soon as it is sent

        def came() -> list[str]:
            found = []
            with suppress(BlockingIOError):
                while True:
                    found.append(receiver.recv(4_096).decode())
            return found

        settings = {"STATSD_ON": "True", "STATSD_HOST": "127.0.0.1", "STATSD_PORT": str(receiver.getsockname()[1])}
        with patch.dict("os.environ", {f"AIRFLOW__METRICS__{name}": value for name, value in settings.items()}):
            yield came
