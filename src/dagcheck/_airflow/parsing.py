"""The surroundings of a DAG file that is loaded in this process: undone when it is loaded, unlike the probe's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from dagcheck._airflow import stores, versions
from dagcheck._airflow.process import quiet

_ABSENT = object()


@contextmanager
def parsing(
    environment: Mapping[str, str], variables: Mapping[str, str], connections: Mapping[str, str]
) -> Iterator[None]:
    """Let DAG code see these environment variables, Variables and Connections, and nothing else, meanwhile.

    Afterwards the environment, the working directory and everything that answers Variables and Connections are again
    as they were.
    """
    with ExitStack() as stack:
        stack.enter_context(quiet())
        stack.enter_context(_environment(environment))
        stack.callback(os.chdir, os.getcwd())
        for owner, name in _seams():
            stack.callback(_put, owner, name, vars(owner).get(name, _ABSENT))
        for answers in _backend_lists():
            stack.callback(answers.__setitem__, slice(None), answers[:])
        stores.install(variables, connections, lambda _kind, _key, _found: None)
        yield


@contextmanager
def _environment(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _put(owner: Any, name: str, value: Any) -> None:
    if value is not _ABSENT:
        setattr(owner, name, value)
    elif name in vars(owner):
        delattr(owner, name)


def _seams() -> list[tuple[Any, str]]:
    """What `stores.install` replaces (supervisor.py for 3.x, secrets.py for 2.x)."""
    if versions.at_least(3, 0):
        from airflow.sdk.definitions.connection import Connection as SDKConnection
        from airflow.sdk.execution_time import context, supervisor, task_runner

        return [
            (task_runner, "SUPERVISOR_COMMS"),
            (supervisor, "ensure_secrets_backend_loaded"),
            (context, "_get_variable"),
            (SDKConnection, "get"),
            (SDKConnection, "async_get"),
        ]
    from airflow.models.connection import Connection
    from airflow.models.variable import Variable

    return [
        (Connection, "get_connection_from_secrets"),
        *((Variable, name) for name in ("get", "set", "update", "delete")),
    ]


def _backend_lists() -> list[list[Any]]:
    if versions.at_least(3, 0):
        return []
    from airflow import configuration

    return [configuration.secrets_backend_list]
