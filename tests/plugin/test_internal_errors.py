"""When dagcheck or the installation fails, pytest says so with a traceback; it is never a finding."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

CALLS = {"alone": (), "spread": ("-n2",)}


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    """Airflow itself cannot be imported: it runs this module, and does not catch what it raises."""
    repository = new_repository()
    repository.configure('pythonpath = ["lib"]')
    repository.write("lib/airflow_local_settings.py", 'raise ValueError("these settings are broken")\n')
    repository.dag("dags/etl.py", "etl_daily")
    repository.write("test_ordinary.py", "def test_nothing():\n    pass\n")
    return repository


@pytest.fixture(scope="module")
def runs(shop: Repository) -> dict[str, Run]:
    return shop.check_each(CALLS)


@pytest.fixture(scope="module")
def without_airflow(new_repository: Callable[[], Repository]) -> Run:
    repository = new_repository()
    broken = repository.write("broken/airflow/__init__.py", 'raise ValueError("this is no Airflow")\n')
    repository.dag("dags/etl.py", "etl_daily")
    return repository.check(environ={"PYTHONPATH": str(broken.parents[1])})


@pytest.mark.parametrize("call", CALLS)
def test_it_is_no_success_and_no_test_failure(runs: dict[str, Run], call: str) -> None:
    assert runs[call].status in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)


@pytest.mark.parametrize("call", CALLS)
def test_it_is_never_a_finding(runs: dict[str, Run], call: str) -> None:
    assert runs[call].findings == []
    assert "FAILED" not in runs[call].output


@pytest.mark.parametrize("call", CALLS)
def test_the_traceback_is_shown_down_to_the_cause(runs: dict[str, Run], call: str) -> None:
    text = runs[call].output + runs[call].errors
    assert "airflow_local_settings.py" in text
    assert "ValueError: these settings are broken" in text


@pytest.mark.parametrize("call", CALLS)
def test_the_cause_is_told_once(runs: dict[str, Run], call: str) -> None:
    text = runs[call].output + runs[call].errors
    assert text.count("ValueError: these settings are broken") == 1


def test_nothing_is_left_behind(shop: Repository, runs: dict[str, Run]) -> None:
    assert len(runs) == len(CALLS)
    assert (shop.left_behind(), shop.processes()) == ([], [])


def test_a_broken_airflow_on_the_path_is_named(without_airflow: Run) -> None:
    assert without_airflow.status in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)
    assert "broken/airflow" in without_airflow.output + without_airflow.errors


def test_a_broken_airflow_is_never_a_finding(without_airflow: Run) -> None:
    assert (without_airflow.findings, without_airflow.outcomes) == ([], {})
