"""No network for a test: what a mock does not answer must not reach the real far end.

    with no_network():
        run_dag("orders", "2024-01-01")

Loopback, unix sockets and the machine's own name stay open. Seen is what goes through Python's socket module; libraries
in C with sockets of their own (libpq, for one) are not.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from dagcheck import host
from dagcheck.replacing import replaced
from dagcheck.sandbox.policy import Policy
from dagcheck.sandbox.usercode import UserCode

_INTERNET = (socket.AF_INET, socket.AF_INET6)
# method of sockets -> where its address stands among the arguments
_METHODS: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    "connect": lambda args: args[0],
    "connect_ex": lambda args: args[0],
    "sendto": lambda args: args[-1],
    "sendmsg": lambda args: args[3] if len(args) > 3 else None,  # noqa: PLR2004 -- buffers, ancdata, flags, address
}
_LOOK_UPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo")


class NetworkUsedError(BaseException):
    """A test tried to reach a host; no Exception, so that no client's retry loop can hold it.

    `host` and `port` are as the code gave them, `place` is the innermost line of the user's own code.
    """

    def __init__(self, host: str, port: object, place: str | None) -> None:
        self.host, self.port, self.place = host, port, place
        where = host if port in (None, "", 0) else f"{host}:{port}"
        super().__init__(
            f"{where}: a test must not use the network ({place or 'from a thread without code of yours'}); mock what "
            "asks for it, or list the host in test_network of [tool.dagcheck]"
        )


class NetworkGuard:
    """What was refused so far, in order."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self._policy = Policy(hosts=(*hosts, socket.gethostname()))
        self._code = UserCode(str(host.rootdir()), ())
        self.refused: list[NetworkUsedError] = []

    def judge(self, name: object, port: object, frame: FrameType) -> None:
        """Raise NetworkUsedError unless the host is let through."""
        text = name.decode("ascii", "replace") if isinstance(name, (bytes, bytearray)) else str(name or "")
        if not self._policy.allows_host(text, port):
            file, line = self._code.innermost(frame)
            error = NetworkUsedError(text, port, file and f"{file}:{line}")
            self.refused.append(error)
            raise error


@contextmanager
def no_network(hosts: Sequence[str] = ()) -> Iterator[NetworkGuard]:
    """Refuse all hosts but loopback and these (`host`, `host:port`, `*`) until the block ends.

    A refusal that the code has survived is raised again at the end: NetworkUsedError names host and line.
    """
    guard = NetworkGuard(hosts)
    methods = {name: _method(guard, name) for name in _METHODS}
    look_ups = {name: _look_up(guard, name) for name in _LOOK_UPS}
    with replaced(socket.socket, **methods), replaced(socket, **look_ups):
        yield guard
    if guard.refused:
        raise guard.refused[0]


def _method(guard: NetworkGuard, name: str) -> Callable[..., Any]:
    real, address_of = getattr(socket.socket, name), _METHODS[name]

    def judged(self: socket.socket, *args: Any) -> Any:
        address = address_of(args) if args and self.family in _INTERNET else None
        if isinstance(address, tuple) and len(address) > 1:
            guard.judge(address[0], address[1], sys._getframe(1))
        return real(self, *args)

    return judged


def _look_up(guard: NetworkGuard, name: str) -> Callable[..., Any]:
    real = getattr(socket, name)

    def judged(*args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()]
        asked = given[0] if name == "getnameinfo" else given
        port = asked[1] if name in {"getaddrinfo", "getnameinfo"} and len(asked) > 1 else None
        guard.judge(asked[0], port, sys._getframe(1))
        return real(*args, **kwargs)

    return judged
