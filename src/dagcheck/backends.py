"""Which real engines could be started here, found without starting or importing any."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from importlib import metadata
from urllib.parse import urlsplit

from dagcheck.hooks.postgres.programs import NoServerError, find_programs

_LIBRARIES = ("duckdb", "sqlglot", "moto", "testcontainers", "psycopg", "psycopg2-binary", "psycopg2")
_PATIENCE = 1.0  # seconds


def back_ends(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return each back-end with its version or place, or why it cannot be had."""
    libraries = [(name, _version(name)) for name in _LIBRARIES]
    return [*libraries, ("docker", docker(environ)), ("PostgreSQL server", _postgres(environ))]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def docker(environ: Mapping[str, str]) -> str:
    """Say whether a Docker daemon answers at DOCKER_HOST, or at its usual socket."""
    address = environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    try:
        parts = urlsplit(address)
        if parts.scheme == "unix":
            return f"reachable at {parts.path}" if _answers_at_socket(parts.path) else f"{parts.path} does not answer"
        if parts.scheme == "tcp" and parts.hostname:
            socket.create_connection((parts.hostname, parts.port or 2375), _PATIENCE).close()
            return f"reachable at {parts.hostname}"
    except (OSError, ValueError) as error:
        return f"not reachable: {getattr(error, 'strerror', None) or error}"
    return f"not tried: DOCKER_HOST is of kind {parts.scheme or 'unknown'}"


def _answers_at_socket(path: str) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.settimeout(_PATIENCE)
        connection.connect(path)
        connection.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        return b" 200 " in connection.recv(64)


def _postgres(environ: Mapping[str, str]) -> str:
    """Return the folder of the programs that the tier `embedded` would start."""
    try:
        return str(find_programs(environ))
    except NoServerError:
        return "not found"
