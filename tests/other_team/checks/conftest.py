"""The team's fixtures: one for a second DAG folder, one for the DAG that nearly every test is about."""

from __future__ import annotations

from pytest_dagcheck.factories import dag_of, dags_of

archive_bag = dags_of("archive_dags")
invoices = dag_of("invoices")
