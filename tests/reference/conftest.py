"""What the proofs of the reference DAGs share; `pattern` says which rows of the catalogue a test proves."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dagcheck.hooks.generic import MockHook
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

TABLES = Path(__file__).parents[2] / "reference_dags" / "components" / "sql" / "tables.sql"


@pytest.fixture(autouse=True, scope="session")
def _hermetic() -> None:
    """Prepare Airflow before any test imports it by way of `common`."""
    from dagcheck.dagbag import prepare_airflow

    prepare_airflow()


@pytest.fixture(autouse=True)
def _proves(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """Write the rows that a test proves, and how, into the JUnit file: docs/patterns.md is made from it."""
    for marker in request.node.iter_markers("pattern"):
        for row in marker.args:
            record_property("pattern", f"{row} {marker.kwargs.get('how', 'in memory')}")


@pytest.fixture
def same_with_airflow(
    run_dag: Callable[..., Run], record_property: Callable[[str, object], None]
) -> Callable[..., Run]:
    """A function that runs a DAG in memory and by `dag.test()`, asserts the same states, and returns the first run."""

    def both(dag_id: str, when: Any, **given: Any) -> Run:
        ours = run_dag(dag_id, when, **given)
        theirs = run_dag(dag_id, when, engine="airflow", **given)
        assert (theirs.run_state, theirs.states) == (ours.run_state, ours.states), (theirs.errors, ours.errors)
        record_property("dag_test", dag_id)
        return ours

    return both


@pytest.fixture(scope="session")
def module_of() -> Callable[[str], ModuleType]:
    """A function that returns the very module of a DAG's file, whose functions the DAG's tasks call."""

    def found(dag_id: str) -> ModuleType:
        from dagcheck.dagbag import dag_named

        file = dag_named(dag_id).fileloc
        return next(module for module in list(sys.modules.values()) if getattr(module, "__file__", None) == file)

    return found


@pytest.fixture
def store(tmp_path: Path, airflow_variables: Any) -> Path:
    """The folder in which the reference DAGs keep their files and their warehouse in this test."""
    airflow_variables.set(reference_store=str(tmp_path))
    return tmp_path


@pytest.fixture
def shop_database(mock_postgres: MockPostgres) -> MockPostgres:
    """A PostgreSQL of the test's own behind the Connections shop_db and warehouse_db, with the tables of both."""
    mock_postgres.add_connections("shop_db", "warehouse_db")
    mock_postgres.execute(TABLES.read_text(encoding="utf-8"))
    return mock_postgres


@pytest.fixture
def api(mock_hook: Callable[[type], MockHook]) -> MockHook:
    """What every HttpHook is answered; `http_answers.response` makes real responses."""
    from airflow.providers.http.hooks.http import HttpHook

    return mock_hook(HttpHook)


@pytest.fixture
def slack(mock_hook: Callable[[type], MockHook]) -> MockHook:
    """What every SlackWebhookHook is told."""
    from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook

    return mock_hook(SlackWebhookHook)


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that workers and the DAG processor share, for configuration that a task refreshes; not yet there."""
    monkeypatch.setenv("REFERENCE_CATALOGUE", str(tmp_path / "catalogue"))
    return tmp_path / "catalogue"
