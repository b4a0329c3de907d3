"""moto's server on loopback, one for the process, emptied between tests."""

from __future__ import annotations

import logging
import threading
import urllib.request
from typing import Any

from dagcheck.hooks.shared import at_end

_lock = threading.Lock()
_running: list[Any] = []


def shared_server() -> str:
    """Return the address of this process's own server, started when it is first asked for (about 0.5 s)."""
    with _lock:
        if not _running:
            from moto.server import ThreadedMotoServer  # late: it imports every service of AWS it knows

            logging.getLogger("werkzeug").setLevel(logging.WARNING)  # not one line for each request
            server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
            server.start()
            _running.append(server)
            at_end(stop_shared_server)
        host, port = _address(_running[0])
        return f"http://{host}:{port}"


def empty(address: str) -> None:
    """Drop whatever the server holds."""
    request = urllib.request.Request(f"{address}/moto-api/reset", method="POST")  # noqa: S310 -- our own server
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- as above
        answer.read()


def stop_shared_server() -> None:
    """Stop it now; the next one who asks gets a new one."""
    with _lock:
        while _running:
            _running.pop().stop()


def _address(server: Any) -> tuple[str, int]:
    host, port, *_ = server._server.server_address  # noqa: SLF001 -- moto 4.2 has no method that tells the port
    return str(host), int(port)
