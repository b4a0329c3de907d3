"""Connections and look-ups; the foreign addresses are those reserved for documentation."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

Guarded = Callable[..., SimpleNamespace]

UDP = "import socket\nsock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
TCP = "import socket\nsock = socket.socket()\nsock.settimeout(2)\n"


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("code", "where"),
    [
        (f"{TCP}sock.connect(('192.0.2.1', 443))", "192.0.2.1:443"),
        (f"{TCP}sock.connect_ex(('192.0.2.1', 443))", "192.0.2.1:443"),
        ("import socket\n\n\nsocket.create_connection(('192.0.2.1', 443))", "192.0.2.1:443"),
        (f"{UDP}\nsock.sendto(b'x', ('192.0.2.1', 53))", "192.0.2.1:53"),
        (f"{UDP}\nsock.sendmsg([b'x'], [], 0, ('192.0.2.1', 53))", "192.0.2.1:53"),
        ("import socket\n\n\nsocket.getaddrinfo('db.example.com', 5432)", "db.example.com:5432"),
        ("import socket\n\n\nsocket.getaddrinfo(b'db.example.com', None)", "db.example.com"),
        ("import socket\n\n\nsocket.gethostbyname('db.example.com')", "db.example.com"),
        ("import socket\n\n\nsocket.gethostbyname_ex('db.example.com')", "db.example.com"),
        ("import socket\n\n\nsocket.gethostbyaddr('192.0.2.1')", "192.0.2.1"),
        ("import socket\n\n\nsocket.getnameinfo(('192.0.2.1', 80), 0)", "192.0.2.1:80"),
        (f"{TCP}sock.bind(('192.0.2.1', 80))", "192.0.2.1:80"),
        ("import urllib.request\n\n\nurllib.request.urlopen('http://192.0.2.1/')", "192.0.2.1:80"),
    ],
)
def test_a_foreign_host_is_refused_at_the_user_s_line(guarded: Guarded, code: str, where: str) -> None:
    assert ["network", where, "dag.py", 4, True, 1] in guarded(code).events


def test_an_ipv6_host_is_refused(guarded: Guarded) -> None:
    code = "import socket\nsocket.socket(socket.AF_INET6).connect(('2001:db8::1', 443, 0, 0))"
    assert guarded(code).events == [["network", "2001:db8::1:443", "dag.py", 2, True, 1]]


def test_the_error_is_what_a_closed_port_raises(guarded: Guarded) -> None:
    connect = (
        "try:\n    sock.connect(('192.0.2.1', 443))\nexcept ConnectionRefusedError as e:\n    told['errno'] = e.errno"
    )
    code = TCP + connect
    assert guarded(code).told == {"errno": 111}


def test_the_error_says_that_it_is_dagcheck_s(guarded: Guarded) -> None:
    seen = guarded(f"{TCP}sock.connect(('192.0.2.1', 443))")
    assert seen.error == "NetworkRefusedError"
    assert "dagcheck lets nothing connect to 192.0.2.1:443" in seen.message


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_let_through(guarded: Guarded, port: int, host: str) -> None:
    seen = guarded(f"{TCP}sock.connect(({host!r}, {port}))\ntold['peer'] = sock.getpeername()[1]")
    assert (seen.error, seen.told) == ("NoneType", {"peer": port})


def test_loopback_is_noted_as_not_refused(guarded: Guarded, port: int) -> None:
    seen = guarded(f"{TCP}sock.connect(('127.0.0.1', {port}))")
    assert seen.events == [["network", f"127.0.0.1:{port}", "dag.py", 4, False, 1]]


@pytest.mark.parametrize(
    "call", ["getaddrinfo('localhost', 80)", "gethostbyname('127.0.0.1')", "getaddrinfo(None, 80)"]
)
def test_looking_up_the_machine_itself_is_no_event(guarded: Guarded, call: str) -> None:
    seen = guarded(f"import socket\nsocket.{call}")
    assert (seen.error, seen.events) == ("NoneType", [])


@pytest.mark.parametrize("pattern", ["192.0.2.1", "192.0.2.1:9", "192.0.2.*", "*"])
def test_an_allowed_host_is_noted_and_not_refused(guarded: Guarded, pattern: str) -> None:
    code = (
        f"{UDP}\ntry:\n    sock.connect(('192.0.2.1', 9))\nexcept OSError as e:\n    told['error'] = type(e).__name__"
    )
    seen = guarded(code, hosts=(pattern,))  # connecting a datagram socket sends nothing; there may be no route
    assert seen.events == [["network", "192.0.2.1:9", "dag.py", 5, False, 1]]
    assert seen.told.get("error") != "NetworkRefusedError"


@pytest.mark.parametrize("host", ["127.0.0.1", ""])
def test_a_server_on_the_machine_itself_is_no_event(guarded: Guarded, host: str) -> None:
    assert guarded(f"import socket\nsocket.socket().bind(({host!r}, 0))").events == []


def test_a_port_that_is_no_plain_number_is_read_past_its_class(guarded: Guarded) -> None:
    code = """import socket
class Port(int):
    def __format__(self, _): told["asked"] = True; return "80"
socket.socket().connect(("192.0.2.1", Port(443)))"""
    seen = guarded(code)
    assert (seen.events[0][1], seen.told) == ("192.0.2.1:443", {})


def test_another_port_than_the_allowed_one_is_refused(guarded: Guarded) -> None:
    seen = guarded(f"{UDP}sock.connect(('192.0.2.1', 9))", hosts=("192.0.2.1:53",))
    assert seen.error == "NetworkRefusedError"


def test_a_loop_that_swallows_errors_is_given_up_at_the_third_attempt(guarded: Guarded) -> None:
    code = """import socket
told["attempts"] = 0
while told["attempts"] < 9:
    told["attempts"] += 1
    try:
        socket.create_connection(("192.0.2.1", 443))
    except Exception:
        pass
"""
    seen = guarded(code)
    assert (seen.error, seen.told) == ("GiveUpError", {"attempts": 3})
    assert seen.events == [["network", "192.0.2.1:443", "dag.py", 6, True, 3]]


def test_attempts_are_counted_for_each_destination_alone(guarded: Guarded) -> None:
    code = """import socket
for port in (1, 2, 1, 2):
    try:
        socket.create_connection(("192.0.2.1", port))
    except OSError:
        pass
"""
    assert guarded(code).error == "NoneType"


def test_a_unix_socket_is_noted_by_its_path_and_let_through(guarded: Guarded) -> None:
    seen = guarded("import socket\nsocket.socket(socket.AF_UNIX).connect('/nowhere/docker.sock')")
    assert seen.error == "FileNotFoundError"
    assert seen.events == [["network", "/nowhere/docker.sock", "dag.py", 2, False, 1]]


def test_the_system_s_own_log_socket_is_no_event(guarded: Guarded) -> None:
    seen = guarded(
        "import socket\ntry:\n    socket.socket(socket.AF_UNIX).connect('/dev/log')\nexcept OSError:\n    pass"
    )
    assert seen.events == []
