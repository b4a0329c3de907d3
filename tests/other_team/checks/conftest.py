"""The team's fixtures: one for a second DAG folder, one for the DAG that nearly every test is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_dagcheck.factories import dag_of, dags_of

if TYPE_CHECKING:
    from dagcheck.hooks.postgres.mock import MockPostgres

archive_bag = dags_of("archive_dags")
invoices = dag_of("invoices")


@pytest.fixture
def ledger(mock_postgres: MockPostgres) -> MockPostgres:
    """The team's database, with its one table."""
    mock_postgres.add_connections("ledger").execute("CREATE TABLE invoices (id int PRIMARY KEY, paid bool)")
    return mock_postgres
