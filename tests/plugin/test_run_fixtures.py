"""The fixtures that run DAGs and those that hold what a run asks for, in a session of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

DAG = """
from datetime import datetime

from airflow import DAG
from airflow.models import Variable

try:
    from airflow.sdk import task
except ImportError:
    from airflow.decorators import task
try:
    from airflow.sdk import BaseHook
except ImportError:
    from airflow.hooks.base import BaseHook

with DAG("orders", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):

    @task.branch
    def choose(ds=None):
        return "big" if ds.endswith("01") else "small"

    @task
    def big():
        Variable.set("seen", Variable.get("country"))
        assert Variable.get("country") != "fr" or BaseHook.get_connection("shop").extra_dejson == {"a": 1}
        return 3

    @task
    def small(rows):
        return rows

    choose() >> [big(), small("{{ ti.xcom_pull(task_ids='before') }}")]

with DAG("sized", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False, params={"size": 1}):

    @task
    def size(params=None):
        return params["size"]

    size()
"""
CONFIGURATION = """
[tool.dagcheck.environment]
AIRFLOW__CORE__ALLOWED_DESERIALIZATION_CLASSES = "shop.*"
STAGE = "ci"
"""
TESTS = """
import os
import sys

import pytest
from dagcheck import Fails, Returns, Skips
from hypothesis import given, settings

sleeping = "airflow" not in sys.modules


def test_airflow_sleeps_until_asked():
    assert sleeping


def test_a_run_uses_the_stores(run_dag, airflow_variables):
    airflow_variables.set(country="de")
    run = run_dag("orders", "2024-01-01")
    assert run.success
    assert run.states == {"choose": "success", "big": "success", "small": "skipped"}
    assert airflow_variables.written == {"seen": "de"}


def test_stores_are_new_for_each_test(run_dag, airflow_variables, airflow_xcoms):
    assert airflow_variables.history == []
    airflow_xcoms.set("before", 7)
    assert run_dag("orders", "2024-01-02").xcom("small") == "7"


def test_a_hook_finds_its_connection(airflow_connections):
    from airflow.models import Connection

    airflow_connections.set(shop="http://shop.example.com")
    assert Connection.get_connection_from_secrets("shop").host == "shop.example.com"
    assert airflow_connections.reads == ["shop"]


def test_a_simulation(simulate):
    assert simulate("orders", "2024-01-02").choices == {"choose": ("small",)}


def test_a_task_that_ends_early(simulate, run_dag):  # without a warning of dagcheck's own, which would be an error here
    for run in (simulate, run_dag):
        assert run("orders", "2024-01-01", outcomes={"big": Skips()}).states["big"] == "skipped"
        assert run("orders", "2024-01-01", outcomes={"choose": Fails()}).states["choose"] == "failed"


def test_engine_airflow_comes_to_the_same(run_dag):
    options = {"variables": {"country": "de"}}
    real = run_dag("orders", "2024-01-01", engine="airflow", **options)
    assert real.states == run_dag("orders", "2024-01-01", **options).states
    assert real.success


def test_both_engines_see_the_stores(run_dag, airflow_variables, airflow_connections):
    airflow_variables.set(country="fr")
    airflow_connections.set(shop={"conn_type": "http", "host": "shop.example.com", "port": 80, "extra": {"a": 1}})
    assert run_dag("orders", "2024-01-01", engine="airflow").success
    assert run_dag("orders", "2024-01-01").success


def test_params_are_those_of_one_run(run_dag):
    for engine in ("memory", "airflow"):
        changed = run_dag("sized", "2024-01-01", params={"size": 7}, engine=engine)
        usual = run_dag("sized", "2024-01-01", engine=engine)
        assert (changed.xcom("size"), usual.xcom("size")) == (7, 1)


def test_a_setting_of_airflow_holds_when_tasks_run(run_dag):
    assert run_dag("orders", "2024-01-02").success
    from airflow.configuration import conf

    assert conf.get("core", "allowed_deserialization_classes") == "shop.*"
    assert "STAGE" not in os.environ


def test_fails_and_shows_the_graph(run_dag):
    assert run_dag("orders", "2024-01-01", outcomes={"big": Fails(ConnectionError("down"))}).success


def test_unknown_dag(run_dag):
    run_dag("ordres", "2024-01-01")


def test_before_the_start(run_dag):
    run_dag("orders", "2023-01-01")
"""


@pytest.fixture(scope="module")
def run(new_repository: Callable[[], Repository]) -> Run:
    repository = new_repository()
    repository.write("dags/orders.py", DAG)
    repository.write("test_orders.py", TESTS)
    repository.configure(CONFIGURATION)
    return repository.pytest()


@pytest.mark.parametrize(
    "name",
    [
        "test_airflow_sleeps_until_asked", "test_a_run_uses_the_stores", "test_stores_are_new_for_each_test",
        "test_a_hook_finds_its_connection", "test_a_simulation", "test_a_task_that_ends_early",
        "test_engine_airflow_comes_to_the_same",
        "test_both_engines_see_the_stores", "test_params_are_those_of_one_run",
        "test_a_setting_of_airflow_holds_when_tasks_run",
    ],
)  # fmt: skip
def test_a_fixture_gives_what_it_promises(run: Run, name: str) -> None:
    outcomes = {test.rpartition("::")[2]: outcome for test, outcome in run.outcomes.items()}
    assert outcomes[name] == "PASSED", run.output


@pytest.mark.parametrize("told", ["down", "unknown DAG 'ordres'; did you mean 'orders'?", "2023-01-01"])
def test_a_failure_says_what_happened(run: Run, told: str) -> None:
    assert told in run.text


def test_no_mistake_shows_a_traceback_of_dagchecks_own(run: Run) -> None:
    assert "src/dagcheck" not in run.text
