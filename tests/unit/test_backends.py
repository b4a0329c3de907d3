from __future__ import annotations

import contextlib
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagcheck.backends import back_ends, docker


@pytest.fixture
def socket_path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # the path of a socket must be short
        yield Path(folder) / "docker.sock"


@contextlib.contextmanager
def answering(path: Path, answer: bytes) -> Iterator[None]:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(100)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield
        thread.join(5)


def test_docker_is_reachable_if_its_daemon_answers(socket_path: Path) -> None:
    with answering(socket_path, b"HTTP/1.0 200 OK\r\n\r\nOK"):
        assert docker({"DOCKER_HOST": f"unix://{socket_path}"}) == f"reachable at {socket_path}"


def test_another_answer_is_not_dockers(socket_path: Path) -> None:
    with answering(socket_path, b"HTTP/1.0 500 no\r\n\r\n"):
        assert docker({"DOCKER_HOST": f"unix://{socket_path}"}) == f"{socket_path} does not answer"


def test_docker_behind_a_port_is_reachable_if_the_port_is_open() -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as server:
        assert docker({"DOCKER_HOST": f"tcp://127.0.0.1:{server.getsockname()[1]}"}) == "reachable at 127.0.0.1"


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("unix:///nowhere/docker.sock", "not reachable: No such file or directory"),
        ("ssh://user@host", "not tried: DOCKER_HOST is of kind ssh"),
        ("tcp://host:port", "not reachable: "),
        ("tcp://[", "not reachable: "),
        ("nonsense", "not tried: DOCKER_HOST is of kind unknown"),
    ],
)
def test_an_address_without_docker_is_told(address: str, answer: str) -> None:
    assert docker({"DOCKER_HOST": address}).startswith(answer)


def test_postgres_is_where_the_tier_embedded_would_find_it(tmp_path: Path) -> None:
    for program in ("initdb", "postgres"):
        (tmp_path / program).touch(mode=0o755)
    named = dict(back_ends({"DOCKER_HOST": "unix:///nowhere", "DAGCHECK_POSTGRES_BIN": str(tmp_path)}))
    assert named["PostgreSQL server"] == str(tmp_path)
    named = dict(back_ends({"DOCKER_HOST": "unix:///nowhere", "DAGCHECK_POSTGRES_BIN": "/nowhere"}))
    assert named["PostgreSQL server"] == "not found"


def test_every_back_end_is_told() -> None:
    named = dict(back_ends({"DOCKER_HOST": "unix:///nowhere", "PATH": ""}))
    assert named.keys() >= {"duckdb", "sqlglot", "moto", "testcontainers", "psycopg", "docker", "PostgreSQL server"}
    assert all(named.values())
