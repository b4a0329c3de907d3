"""The surroundings of a DAG file that is loaded in this process: undone when it is loaded, unlike the probe's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from dagcheck._airflow import metadata_db, stores
from dagcheck._airflow.process import quiet


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
        stack.enter_context(metadata_db.own_queries_answered())
        stack.enter_context(stores.answering(stores.configured(variables, connections, lambda _access: None)))
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
