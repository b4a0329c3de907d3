"""`--dagcheck-list`, `--dagcheck-explain` and `--dagcheck-doctor` answer and run nothing."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from dagcheck.checks.registry import all_checks

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

SETTINGS = """\
[tool.dagcheck.levels]
parse-slow = "error"

[tool.dagcheck.variables]
size = "hunter2"
"""


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.configure(SETTINGS)
    repository.dag_code("dags/etl.py", 'raise ValueError("nobody may load me")\n')
    repository.write("dags/.airflowignore", "unused\n")
    repository.write("test_ordinary.py", "def test_nothing():\n    pass\n")
    return repository


@pytest.fixture(scope="module")
def listed(shop: Repository) -> Run:
    return shop.pytest("--dagcheck-list")


@pytest.fixture(scope="module")
def explained(shop: Repository) -> Run:
    return shop.pytest("--dagcheck-explain", "cycle")


@pytest.fixture(scope="module")
def examined(shop: Repository) -> Run:
    return shop.pytest(
        "--dagcheck-doctor",
        environ={"AIRFLOW_CONN_WAREHOUSE": "postgres://me:hunter2@host/db", "AIRFLOW_HOME": "/nowhere"},
    )


def _row(run: Run, name: str) -> list[str]:
    (line,) = [line for line in run.output.splitlines() if line.split()[:1] == [name]]
    return line.split()


@pytest.mark.parametrize("command", ["listed", "explained", "examined"])
def test_a_command_is_a_success_and_runs_no_test(request: pytest.FixtureRequest, command: str) -> None:
    run: Run = request.getfixturevalue(command)
    assert (run.status, run.errors) == (pytest.ExitCode.OK, "")
    assert "test session starts" not in run.output


@pytest.mark.parametrize("name", sorted(all_checks()))
def test_the_list_has_every_check_with_its_line(listed: Run, name: str) -> None:
    assert len(_row(listed, name)) > 3


def test_the_list_shows_the_default_level(listed: Run) -> None:
    assert _row(listed, "cycle")[1] == "error"


def test_the_list_marks_a_configured_level(listed: Run) -> None:
    assert _row(listed, "parse-slow")[1] == "error*"


@pytest.mark.parametrize("part", ["cycle (error, Loading)", "why:", "fix:", "bad:", "good:"])
def test_an_explanation_has_every_part(explained: Run, part: str) -> None:
    assert part in explained.output.splitlines()


def test_an_unknown_check_is_told_with_the_nearest_one(shop: Repository) -> None:
    run = shop.pytest("--dagcheck-explain", "cicle")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert "did you mean 'cycle'?" in run.errors


@pytest.mark.parametrize("name", ["dagcheck", "pytest", "pydantic", "pytest-xdist"])
def test_the_doctor_tells_versions(examined: Run, name: str) -> None:
    assert _row(examined, name)[1] == importlib.metadata.version(name)


def test_the_doctor_tells_the_version_of_airflow_wherever_it_is_installed(examined: Run) -> None:
    assert _row(examined, "apache-airflow")[1] == importlib.metadata.version("apache-airflow")


def test_the_doctor_tells_the_version_of_python(examined: Run) -> None:
    assert _row(examined, "python")[1] == platform.python_version()


def test_the_doctor_tells_what_was_found_where(examined: Run, shop: Repository) -> None:
    for path in ("pyproject.toml", "dags", "dags/.airflowignore"):
        assert str(shop.root / path) in examined.output


def test_the_doctor_tells_what_is_configured_by_name_alone(examined: Run) -> None:
    assert "parse-slow=error (pyproject.toml)" in examined.output
    assert "size (pyproject.toml)" in examined.output


def test_the_doctor_tells_what_the_sandbox_can_do(examined: Run) -> None:
    for namespace in ("PID", "network"):
        assert f"{namespace} namespace" in examined.output


def test_the_doctor_tells_which_back_ends_can_run(examined: Run) -> None:
    for name in ("docker", "moto", "testcontainers", "PostgreSQL"):
        assert name in examined.output


def test_the_doctor_names_what_the_shell_overrides(examined: Run) -> None:
    for name in ("AIRFLOW_CONN_WAREHOUSE", "AIRFLOW_HOME"):
        assert _row(examined, name)


def test_the_doctor_shows_no_secret(examined: Run) -> None:
    assert "hunter2" not in examined.output


def test_the_doctor_reports_a_wrong_configuration_instead_of_failing(repository: Repository) -> None:
    repository.configure("time_out = 3")
    run = repository.pytest("--dagcheck-doctor")
    assert run.status == pytest.ExitCode.OK
    assert "unknown key 'time_out'; did you mean 'timeout'?" in run.output
