"""A repository's own tests run in the same session, and pytest itself never runs the code of a DAG folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

COUNTED = """\
with open("imports", "a") as imports:
    imports.write(__file__ + "\\n")


def test_passes():
    pass
"""
MENTIONS = '"""Tests an Airflow DAG."""\n\n\ndef test_passes():\n    pass\n'
EXIT = "import os\n\nos._exit(0)\n"


@pytest.fixture(scope="module")
def mixed(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.dag("dags/etl.py", "etl_daily")
    repository.dag("dags/test_etl.py", "etl_trial")
    repository.write("dags/tests/test_plain.py", COUNTED)
    repository.write("dags/tests/test_mentions.py", MENTIONS)
    repository.write("tests/test_ordinary.py", COUNTED + "\n\ndef test_fails():\n    assert 1 == 2\n")
    repository.write("conftest.py", "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef own():\n    yield\n")
    return repository


@pytest.fixture(scope="module")
def together(mixed: Repository) -> Run:
    return mixed.check()


@pytest.fixture(scope="module")
def traps(new_repository: Callable[[], Repository]) -> Run:
    """What pytest imports by itself when it collects packages of tests, with an exit in it."""
    repository = new_repository()
    repository.write("dags/__init__.py", EXIT)
    repository.write("dags/team/__init__.py", EXIT)
    repository.dag("dags/team/etl.py", "team_etl")
    repository.dag_code("dags/test_exits.py", "os._exit(0)\n")
    for folder in ("build", "dist", "venv", "node_modules"):
        repository.dag(f"dags/{folder}/built.py", f"in_{folder}")
    repository.write("test_last.py", "def test_nothing():\n    pass\n")
    return repository.check()


def test_ordinary_tests_run_in_the_same_session(together: Run) -> None:
    assert together.outcomes["tests/test_ordinary.py::test_passes"] == "PASSED"


def test_an_ordinary_failure_looks_as_ever(together: Run) -> None:
    assert "E       assert 1 == 2" in together.output


def test_an_ordinary_failure_fails_the_run(together: Run) -> None:
    assert (together.status, together.findings) == (pytest.ExitCode.TESTS_FAILED, [])


def test_no_test_file_is_imported_twice(mixed: Repository, together: Run) -> None:
    assert together.status == pytest.ExitCode.TESTS_FAILED
    imported = (mixed.root / "imports").read_text(encoding="utf-8").split()
    assert sorted(imported) == sorted(
        str(mixed.root / file) for file in ("dags/tests/test_plain.py", "tests/test_ordinary.py")
    )


def test_a_test_file_in_the_dag_folder_stays_a_test(together: Run) -> None:
    assert together.outcomes["dags/tests/test_plain.py::test_passes"] == "PASSED"


def test_a_test_file_that_airflow_would_parse_is_both(together: Run) -> None:
    found = {name: word for name, word in together.outcomes.items() if name.startswith("dags/tests/test_mentions.py")}
    assert found == dict.fromkeys(["dags/tests/test_mentions.py", "dags/tests/test_mentions.py::test_passes"], "PASSED")


def test_a_dag_file_that_is_named_like_a_test_is_a_dag_file(together: Run) -> None:
    found = {name: word for name, word in together.outcomes.items() if name.startswith("dags/test_etl.py")}
    assert found == dict.fromkeys(["dags/test_etl.py", "dags/test_etl.py::etl_trial"], "PASSED")


def test_no_init_file_of_a_dag_folder_can_end_pytest(traps: Run) -> None:
    assert traps.outcomes.get("test_last.py::test_nothing") == "PASSED"


def test_no_conftest_of_a_dag_folder_without_tests_can_end_pytest(repository: Repository) -> None:
    repository.dag("dags/etl.py", "etl_daily")
    repository.write("dags/conftest.py", EXIT)
    repository.write("test_last.py", "def test_nothing():\n    pass\n")
    assert repository.check().outcomes.get("test_last.py::test_nothing") == "PASSED"


def test_a_dag_file_named_like_a_test_cannot_end_pytest(traps: Run) -> None:
    assert traps.outcomes.get("dags/test_exits.py") == "FAILED"
    assert traps.finding("import-crash").startswith("dags/test_exits.py:")


def test_a_dag_file_named_like_a_test_that_does_not_load_does_not_stop_the_others(repository: Repository) -> None:
    repository.dag_code("dags/test_broken.py", 'raise ValueError("not today")\n')
    repository.dag("dags/etl.py", "etl_daily")
    run = repository.check()
    assert run.outcomes == {
        "dags/etl.py": "PASSED", "dags/etl.py::etl_daily": "PASSED", "dags/test_broken.py": "FAILED",
    }  # fmt: skip


def test_dag_files_beside_a_hostile_init_file_are_checked(traps: Run) -> None:
    assert traps.outcomes.get("dags/team/etl.py::team_etl") == "PASSED"


@pytest.mark.parametrize("folder", ["build", "dist", "venv", "node_modules"])
def test_a_folder_that_pytest_does_not_recurse_into_is_airflows_all_the_same(traps: Run, folder: str) -> None:
    assert traps.outcomes.get(f"dags/{folder}/built.py::in_{folder}") == "PASSED"
