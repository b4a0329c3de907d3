"""The fixtures for DAGs, in sessions of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from dagcheck._airflow.versions import release

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

TESTS = """
import os
import sys

import pytest
from dagcheck.assertions import assert_dependencies, assert_schedule, assert_task
from dagcheck.dagbag import dag_named
from pytest_dagcheck.factories import dag_of, dags_of

collected = dag_named("etl_daily")
assert "airflow" in sys.modules
named = dag_of("etl_daily")
billing = dags_of("teams/billing")


def test_a_bag_is_one_for_the_session(dagbag, named):
    assert dagbag["etl_daily"] is collected is named
    assert dagbag.dag_ids == ["etl_daily", "reports"]


def test_bad_files_are_import_errors(dagbag):
    assert list(dagbag.import_errors) == ["dags/exits.py"]


@pytest.mark.dag("etl_daily")
def test_marked(dag):
    assert_dependencies(dag, "extract >> load")


@pytest.mark.dag("invoices", folder="teams/billing")
def test_marked_elsewhere(dag, billing):
    assert dag is billing["invoices"]


def test_made(dag_maker):
    from airflow.models import BaseOperator

    with dag_maker("made", schedule="@hourly") as made:
        BaseOperator(task_id="a") >> BaseOperator(task_id="b", retries=4)
    assert_dependencies(made, "a >> b")
    assert_schedule(made, "@hourly", start_date="2024-01-01")
    assert_task(made, "b", retries=4, email=None)


def test_by_id():
    assert_dependencies("reports", "extract >> load")


def test_fails_by_a_difference():
    assert_dependencies("reports", "load >> extract")


@pytest.mark.dag("etl_dayly")
def test_unknown(dag):
    pass


@pytest.mark.dag(ids="etl_daily")
def test_wrong_marker(dag):
    pass


@pytest.mark.dag(3)
def test_wrong_kind_of_id(dag):
    pass


def test_no_marker(dag):
    pass
"""
TELL = """
import atexit
import os


@atexit.register
def tell():
    print("left:", sorted(name for name in os.environ if name.startswith("AIRFLOW")))
"""


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.dag("dags/etl.py", "etl_daily", "reports")
    repository.dag("teams/billing/invoices.py", "invoices")
    repository.dag_code("dags/exits.py", "os._exit(0)")
    repository.write("test_dags.py", TESTS)
    repository.write("conftest.py", TELL)
    return repository


@pytest.fixture(scope="module")
def run(shop: Repository) -> Run:
    return shop.pytest("-s", environ={"AIRFLOW_HOME": str(shop.home / "own"), "AIRFLOW_VAR_X": "1"})


def test_each_fixture_gives_what_it_promises(run: Run) -> None:
    passed = {name.rpartition("::")[2] for name, outcome in run.outcomes.items() if outcome == "PASSED"}
    assert passed == {
        "test_a_bag_is_one_for_the_session", "test_bad_files_are_import_errors", "test_marked",
        "test_marked_elsewhere", "test_made", "test_by_id",
    }, run.output  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        "unknown DAG 'etl_dayly'; did you mean 'etl_daily'?",
        "pytest.mark.dag got an unexpected keyword argument 'ids'; write @pytest.mark.dag(\"orders\")",
        "pytest.mark.dag takes the id of a DAG as text, got int",
        "the fixture dag needs a marker that names the DAG",
        "- load >> extract  (expected, found the other way round)",
    ],
)
def test_a_mistake_is_told_plainly(run: Run, told: str) -> None:
    assert told in run.text


def test_a_mistake_is_told_once(run: Run) -> None:
    assert "another exception" not in run.text


def test_no_line_of_dagchecks_own_is_in_a_traceback(run: Run) -> None:
    assert "dagcheck/assertions" not in run.text
    assert "pytest_dagcheck/fixtures" not in run.text


def test_the_environment_comes_back_and_nothing_is_left(shop: Repository, run: Run) -> None:
    assert "left: ['AIRFLOW_HOME', 'AIRFLOW_VAR_X']" in run.text
    assert shop.left_behind() == []


def test_the_marker_is_known(shop: Repository) -> None:
    assert "@pytest.mark.dag(dag_id, folder=None)" in shop.pytest("--markers").text


@pytest.mark.parametrize("options", [["-n", "2"], ["--dagcheck"], ["--dagcheck", "-n", "2"]])
def test_one_session_has_one_probe(repository: Repository, options: list[str]) -> None:
    repository.configure('allow_writes = ["seen.txt"]\n')
    repository.dag_code("dags/etl.py", """
        open("seen.txt", "a").write("once ")
        with DAG("etl_daily", **DAILY):
            BaseOperator(task_id="extract")
    """)  # fmt: skip
    repository.write("tests/test_a.py", "".join(f"def test_{n}(dagbag): assert dagbag.dag_ids\n" for n in range(4)))
    run = repository.pytest(*options)
    assert (run.status, (repository.root / "seen.txt").read_text()) == (0, "once "), run.output
    assert repository.left_behind() == []


def test_a_wrong_configuration_is_told_plainly(repository: Repository) -> None:
    repository.configure("dag_fodler = 'dags'\n")
    repository.write("test_a.py", "def test_a(dagbag): pass\n")
    run = repository.pytest()
    assert "unknown key 'dag_fodler'; did you mean 'dag_folder'?" in run.text
    assert "Traceback" not in run.text + run.errors


def test_a_folder_without_dag_files_is_told_plainly(repository: Repository) -> None:
    repository.write("dags/helper.py", "")
    repository.write("test_a.py", "def test_a(dagbag): pass\n")
    assert "no DAG file in " in repository.pytest().text


@pytest.mark.parametrize("setting", ["true", "false"])
def test_a_test_module_that_imports_airflow_gets_the_throwaway_home_where_that_is_asked_for(
    repository: Repository, setting: str
) -> None:
    hermetic = setting == "true"
    repository.write("pyproject.toml", f"[tool.pytest.ini_options]\ndagcheck_hermetic = {setting}\n")
    repository.dag("dags/etl.py", "etl_daily")
    repository.write("conftest.py", "from airflow.settings import AIRFLOW_HOME\n")
    repository.write("test_a.py", """
        from conftest import AIRFLOW_HOME

        def test_home(dagbag):
            assert dagbag["etl_daily"].task_ids == ["extract", "load"]
            print("home:", AIRFLOW_HOME)
    """)  # fmt: skip
    run = repository.pytest("-s", environ={"AIRFLOW_HOME": str(repository.home / "own"), "PYTHONPATH": "."})
    assert run.status == 0, run.output
    assert (f"home: {repository.home / 'own'}" in run.text) is not hermetic
    assert ("AirflowImportedEarlierWarning" in run.text) is not hermetic
    made_on_import = release() != (3, 0)  # which makes its home later
    assert (repository.home / "own").exists() is (not hermetic and made_on_import)
