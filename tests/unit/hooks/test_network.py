from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from dagcheck.hooks.network import NetworkUsedError, no_network

FAR = "203.0.113.7"  # documentation's own network: nobody is there
HERE = Path(__file__).name


def surviving() -> None:
    with suppress(BaseException):
        socket.create_connection((FAR, 443))


def udp() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def by_asyncio() -> None:
    asyncio.run(asyncio.open_connection(FAR, 443))


WAYS: dict[str, Callable[[], Any]] = {
    "connect": lambda: socket.socket().connect((FAR, 443)),
    "connect_ex": lambda: socket.socket().connect_ex((FAR, 443)),
    "create_connection": lambda: socket.create_connection((FAR, 443)),
    "sendto": lambda: udp().sendto(b"", (FAR, 443)),
    "sendto with flags": lambda: udp().sendto(b"", 0, (FAR, 443)),
    "sendmsg": lambda: udp().sendmsg([b""], [], 0, (FAR, 443)),
    "getaddrinfo": lambda: socket.getaddrinfo(FAR, 443),
    "getaddrinfo by keywords": lambda: socket.getaddrinfo(host=FAR, port=443),
    "getnameinfo": lambda: socket.getnameinfo((FAR, 443), 0),
    "asyncio": by_asyncio,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_out_is_refused_and_names_host_and_line(way: str) -> None:
    with pytest.raises(NetworkUsedError) as caught, no_network():
        WAYS[way]()
    assert str(caught.value).startswith(f"{FAR}:443: a test must not use the network (")
    assert HERE in str(caught.value.place)


@pytest.mark.parametrize("look_up", ["gethostbyname", "gethostbyname_ex", "gethostbyaddr"])
def test_a_look_up_of_a_name_is_refused(look_up: str) -> None:
    with pytest.raises(NetworkUsedError, match=r"^db\.example\.com: a test"), no_network():
        getattr(socket, look_up)("db.example.com")


def test_a_loop_that_tries_again_on_errors_does_not_hold_it() -> None:
    tries = []

    def stubborn() -> None:
        while True:
            with suppress(Exception):
                tries.append(1)
                socket.create_connection((FAR, 443))

    with pytest.raises(NetworkUsedError), no_network():
        stubborn()
    assert len(tries) == 1


def test_loopback_unix_sockets_and_the_machines_own_name_are_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with closing(socket.create_server(("127.0.0.1", 0))) as server, closing(socket.socket(socket.AF_UNIX)) as unix:
        unix.bind("here")
        unix.listen()
        with no_network():
            socket.create_connection(server.getsockname()).close()
            socket.create_connection(("localhost", server.getsockname()[1])).close()
            with closing(socket.socket(socket.AF_UNIX)) as client:
                client.connect("here")
            with suppress(OSError):  # some machines do not know their own name
                socket.gethostbyname(socket.gethostname())


def test_listed_hosts_are_open() -> None:
    with no_network(["*.example.com", f"{FAR}:443"]) as guard:
        with suppress(OSError):
            socket.getaddrinfo("no-such-name.example.com", 443)
        with closing(udp()) as client, suppress(OSError):
            client.sendto(b"", (FAR, 443))
    assert guard.refused == []


def test_what_the_code_survived_is_raised_at_the_end() -> None:
    with pytest.raises(NetworkUsedError, match=FAR), no_network() as guard:
        surviving()
    assert [error.host for error in guard.refused] == [FAR]


def test_other_threads_are_guarded_too() -> None:
    with pytest.raises(NetworkUsedError), no_network(), ThreadPoolExecutor() as pool:
        pool.submit(surviving)


def test_nothing_is_left_behind_not_even_by_two_that_are_nested() -> None:
    before = dict(vars(socket)), dict(vars(socket.socket))
    with pytest.raises(NetworkUsedError), no_network(), no_network():
        socket.create_connection((FAR, 443))
    with no_network():
        assert dict(vars(socket)) != before[0]
    assert (dict(vars(socket)), dict(vars(socket.socket))) == before
