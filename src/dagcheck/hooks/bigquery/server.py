"""An HTTP server on loopback, one for the process; what it answers is whatever stands behind it at the time."""

from __future__ import annotations

import contextlib
import functools
import gzip
import json
import os
import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dagcheck.hooks.bigquery.api.request import Reply
from dagcheck.hooks.shared import at_end

Answer = Callable[[str, str, Mapping[str, str], bytes], Reply]
_lock = threading.RLock()


class Server:
    """Listens from the first `start` on; the answers come from whoever entered last."""

    def __init__(self) -> None:
        self._answers: list[Answer] = []
        self._http = _Http(("127.0.0.1", 0), functools.partial(_Handler, self))
        serve = functools.partial(self._http.serve_forever, poll_interval=0.05)  # how long `stop` may wait
        self._thread = threading.Thread(target=serve, name="dagcheck-bigquery", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens, as a URL."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def enter(self, answer: Answer) -> None:
        """Let this one answer, until it leaves."""
        self._answers.append(answer)

    def leave(self, answer: Answer) -> None:
        """Let the one before answer again."""
        self._answers.remove(answer)

    def answer(self, verb: str, target: str, headers: Mapping[str, str], content: bytes) -> Reply:
        """Answer a request."""
        if not self._answers:
            gone = {"error": {"code": 400, "message": "no mock_bigquery is in use: the test that had it is over"}}
            return Reply(status=400, body=gone)
        return self._answers[-1](verb, target, headers, content)

    def stop(self) -> None:
        """Stop listening, and hang up on whoever keeps a connection open."""
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join()


_running: dict[int, Server] = {}  # by process: threads do not survive a fork


def shared_server() -> Server:
    """Return this process's own server, started when it is first asked for and stopped with the session."""
    with _lock:
        if os.getpid() not in _running:
            _running[os.getpid()] = Server()
            at_end(stop_shared_server)
        return _running[os.getpid()]


def stop_shared_server() -> None:
    """Stop it now; the next one who asks gets a new one."""
    with _lock:
        server = _running.pop(os.getpid(), None)
    if server is not None:
        server.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *args: Any) -> None:
        self._open: set[Any] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together

    def __init__(self, server: Server, *args: Any) -> None:
        self._answers = server
        super().__init__(*args)

    def handle_any(self) -> None:
        """Answer a request of any verb."""
        content = self._content()
        reply = self._answers.answer(self.command, self.path, dict(self.headers.items()), content)
        self._send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any  # noqa: N815 -- http.server's names

    def _content(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            content = b"".join(iter(self._chunk, b""))
        else:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return gzip.decompress(content) if self.headers.get("Content-Encoding") == "gzip" else content

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    def _send(self, reply: Reply) -> None:
        body = reply.body
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json; charset=UTF-8", **reply.headers}
        if reply.status != 204:  # noqa: PLR2004 -- No Content
            headers["Content-Length"] = str(len(content))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- http.server's name
        """Say nothing: a test's output is the test's."""
