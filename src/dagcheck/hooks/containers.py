"""Services in containers, by testcontainers: each started when it is first asked for, one for the process."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from dagcheck.hooks.shared import at_end
from dagcheck.hooks.tiers import TierUnavailableError

IMAGES: Mapping[str, str] = MappingProxyType({
    "postgres": "postgres:17",
    "s3": "minio/minio:RELEASE.2025-04-22T22-12-26Z",
})  # fmt: skip
_PATIENCE = 60.0  # seconds
_lock = threading.RLock()
_running: dict[tuple[str, str], Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a service that speaks HTTP is started: a request of `ready` succeeds as soon as it may be used."""

    port: int
    ready: str
    command: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def shared_container(service: str, image: str, recipe: Recipe | None = None) -> str:
    """Return the URL of this process's own container, which is started when it is first asked for.

    Without a recipe it is PostgreSQL, and the URL holds user, password and database. Raises TierUnavailableError.
    """
    with _lock:
        if (service, image) not in _running:
            if reason := why_no_engine():
                raise TierUnavailableError(f"{service} in a container: {reason}")
            _running[service, image] = _started(service, image, recipe)
            at_end(stop_containers)
        container = _running[service, image]
    return _url(container, recipe)


def hosts() -> list[str]:
    """Return where the containers of this process listen."""
    with _lock:
        return [container.get_container_host_ip() for container in _running.values()]


def stop_containers() -> None:
    """Stop and remove all of them now; the next one who asks gets a new one."""
    with _lock:
        while _running:
            _running.popitem()[1].stop()


@functools.cache
def why_no_engine() -> str | None:
    """Say why no container can be started here; None if one can. Asked once per process."""
    if find_spec("testcontainers") is None:
        return "testcontainers is not installed: pip install 'dagcheck[mocks]'"
    from testcontainers.core.docker_client import DockerClient  # late: it takes seconds

    try:
        DockerClient().client.ping()
    except Exception as error:  # noqa: BLE001 - docker, requests and urllib3 have each their own
        return f"no Docker engine answers ({_first_line(error)}); start one, or set DOCKER_HOST"
    return None


def _started(service: str, image: str, recipe: Recipe | None) -> Any:
    container = _postgres(image) if recipe is None else _http(image, recipe)
    try:
        container.start()
        if recipe is not None:
            _wait(_url(container, recipe) + recipe.ready)
    except BaseException as error:
        with contextlib.suppress(Exception):
            container.stop()
        if not isinstance(error, Exception):
            raise
        raise TierUnavailableError(f"{service} in a container: {image} does not start: {_first_line(error)}") from error
    return container


def _postgres(image: str) -> Any:
    try:
        from testcontainers.community.postgres import PostgresContainer
    except ImportError:  # before 4.15
        from testcontainers.postgres import PostgresContainer
    return PostgresContainer(image)


def _http(image: str, recipe: Recipe) -> Any:
    from testcontainers.core.container import DockerContainer

    container = DockerContainer(image).with_exposed_ports(recipe.port)
    if recipe.command:
        container = container.with_command(recipe.command)
    for name, value in recipe.environment.items():
        container = container.with_env(name, value)
    return container


def _wait(url: str) -> None:
    end = time.monotonic() + _PATIENCE
    while (problem := _problem(url)) is not None:
        if time.monotonic() > end:
            raise problem
        time.sleep(0.1)


def _problem(url: str) -> OSError | None:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 -- our own container
            return None
    except OSError as error:
        return error


def _url(container: Any, recipe: Recipe | None) -> str:
    """Loopback as a number: `localhost` may also be ::1, where Docker need not listen."""
    url = container.get_connection_url() if recipe is None else (
        f"http://{container.get_container_host_ip()}:{container.get_exposed_port(recipe.port)}"
    )  # fmt: skip
    host = urlsplit(url).hostname
    return str(url).replace("@localhost:", "@127.0.0.1:").replace("//localhost:", "//127.0.0.1:") if host else str(url)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
