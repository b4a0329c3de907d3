"""Fixtures for a folder of one's own: assign what a factory returns to a name in a conftest.py or test module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_dagcheck.fixtures.telling import plainly

if TYPE_CHECKING:
    from dagcheck.dagbag import DagBag


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
