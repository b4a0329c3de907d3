"""The server on loopback: what comes over HTTP, and whose answers it gives."""

from __future__ import annotations

import gzip
import http.client
import json
import os
from collections.abc import Iterator, Mapping

import pytest

from dagcheck.hooks.bigquery.api.request import Reply
from dagcheck.hooks.bigquery.server import Server, shared_server, stop_shared_server


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


def _echo(verb: str, target: str, headers: Mapping[str, str], content: bytes) -> Reply:
    return Reply(body={"verb": verb, "target": target, "host": headers["Host"], "content": content.decode()})


def _connect(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=10)


def test_one_connection_serves_many_requests(server: Server) -> None:
    server.enter(_echo)
    connection = _connect(server)
    for verb, body in [("GET", None), ("POST", b"x"), ("PATCH", iter([b"in ", b"pieces"])), ("DELETE", None)]:
        connection.request(verb, "/a?b=c", body)
        answer = json.loads(connection.getresponse().read())
        sent = {"POST": "x", "PATCH": "in pieces"}.get(verb, "")
        assert (answer["verb"], answer["target"], answer["content"]) == (verb, "/a?b=c", sent)


def test_a_body_may_be_compressed(server: Server) -> None:
    server.enter(_echo)
    connection = _connect(server)
    connection.request("POST", "/", gzip.compress(b"hello"), {"Content-Encoding": "gzip"})
    assert json.loads(connection.getresponse().read())["content"] == "hello"


def test_whoever_came_last_answers_and_nobody_after_the_last_left(server: Server) -> None:
    def other(*_: object) -> Reply:
        return Reply(status=418, body=b"{}")

    connection = _connect(server)
    statuses = []
    for enter in (_echo, other):
        server.enter(enter)
    for leave in (other, _echo, None):
        connection.request("GET", "/")
        response = connection.getresponse()
        statuses.append((response.status, b"the test that had it is over" in response.read()))
        if leave:
            server.leave(leave)
    assert statuses == [(418, False), (200, False), (400, True)]


def test_who_keeps_a_connection_open_is_hung_up_on(server: Server) -> None:
    server.enter(_echo)
    connection = _connect(server)
    connection.request("GET", "/")
    connection.getresponse().read()
    server.stop()
    assert connection.sock.recv(1) == b""


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # what is proven is that it may be forked
def test_a_process_has_one_and_its_fork_another() -> None:
    try:
        address = shared_server().address
        assert shared_server().address == address
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.write(writer, shared_server().address.encode())
            os._exit(0)
        os.waitpid(child, 0)
        assert os.read(reader, 100).decode() not in {"", address}
        os.close(reader)
        os.close(writer)
    finally:
        stop_shared_server()
