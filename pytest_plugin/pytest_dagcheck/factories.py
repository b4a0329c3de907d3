"""Fixtures for a folder of one's own: assign what a factory returns to a name in a conftest.py or test module."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_dagcheck.fixtures.telling import plainly

if TYPE_CHECKING:
    from dagcheck.dagbag import DagBag
    from dagcheck.hooks.generic import MockHook
    from dagcheck.hooks.tiers import Service


def dags_of(*folders: str | Path) -> Any:
    """Return a session fixture like `dagbag` for these folders, whose relative paths start at pytest's rootdir.

    As in `billing = dags_of("teams/billing/dags")`.
    """
    if not folders:
        raise pytest.UsageError("dags_of needs a folder; the fixture dagbag has the configured ones")

    @pytest.fixture(scope="session")
    def bag() -> DagBag:
        from dagcheck.dagbag import load_dagbag

        with plainly():
            return load_dagbag(*folders)

    return bag


def dag_of(dag_id: str, folder: str | Path | None = None) -> Any:
    """Return a session fixture for one DAG; `folder` where it is not a configured one.

    As in `orders = dag_of("orders")`.
    """

    @pytest.fixture(scope="session")
    def dag() -> Any:
        from dagcheck.dagbag import dag_named

        with plainly():
            return dag_named(dag_id, folder)

    return dag


def mock_of(service: Service, *conn_ids: str, begin: Callable[[Any], object] | None = None) -> Any:
    """Return a fixture like `mock_bigquery`, `mock_postgres` or `mock_s3` behind these connections.

    In each test `begin` is called first, with the mock: to make tables, to seed, to answer. As in
    `ledger = mock_of("postgres", "ledger", begin=make_tables)`.
    """
    from dagcheck.errors import unknown
    from dagcheck.hooks.tiers import SERVICES

    if service not in SERVICES:
        raise pytest.UsageError(unknown("service", service, SERVICES))

    @pytest.fixture
    def mock(request: pytest.FixtureRequest) -> Any:
        made = request.getfixturevalue(f"mock_{service}")
        with plainly():
            made.add_connections(*conn_ids)
            if begin is not None:
                begin(made)
        return made

    return mock


def hook_of(path: str, begin: Callable[[MockHook], object] | None = None) -> Any:
    """Return a fixture like `mock_hook` for one class, by its path, so that a conftest.py need not import Airflow.

    As in `mail = hook_of("airflow.providers.smtp.hooks.smtp.SmtpHook")`; in each test `begin` is called first, with the
    mock.
    """
    module, _, name = path.rpartition(".")
    if not module:
        raise pytest.UsageError(f"hook_of takes the whole path of a class, such as shop.hooks.ShopHook, got {path!r}")

    @pytest.fixture
    def mock(mock_hook: Callable[[type], MockHook]) -> MockHook:
        made = mock_hook(getattr(importlib.import_module(module), name))
        if begin is not None:
            with plainly():
                begin(made)
        return made

    return mock
