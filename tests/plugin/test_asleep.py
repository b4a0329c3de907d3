"""Installed and not asked for, dagcheck costs nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

TELL = """\
import sys


def pytest_unconfigure():
    ours = ("airflow", "dagcheck", "pytest_dagcheck")
    print("imported:", *sorted(name for name in sys.modules if name.partition(".")[0] in ours))
"""


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.dag("dags/etl.py", "etl_daily")
    repository.write("conftest.py", TELL)
    repository.write("test_ordinary.py", "def test_nothing():\n    pass\n")
    return repository


@pytest.fixture(scope="module")
def not_asked(shop: Repository) -> Run:
    return shop.pytest()


@pytest.fixture(scope="module")
def switched_off(shop: Repository) -> Run:
    return shop.pytest("-p", "no:dagcheck")


@pytest.fixture(scope="module")
def asked(shop: Repository) -> Run:
    return shop.check("-s")


def _imported(run: Run) -> list[str]:
    (line,) = [line for line in run.output.splitlines() if line.startswith("imported:")]
    return line.split()[1:]


def test_without_the_option_only_options_and_the_names_of_fixtures_are_imported(not_asked: Run) -> None:
    assert _imported(not_asked) == [
        "dagcheck", "dagcheck.host", "pytest_dagcheck", "pytest_dagcheck.fixtures", "pytest_dagcheck.fixtures.dags",
        "pytest_dagcheck.fixtures.far_ends", "pytest_dagcheck.fixtures.hooks", "pytest_dagcheck.fixtures.runs",
        "pytest_dagcheck.fixtures.snapshots", "pytest_dagcheck.fixtures.stores", "pytest_dagcheck.fixtures.telling",
        "pytest_dagcheck.hosting", "pytest_dagcheck.options", "pytest_dagcheck.plugin", "pytest_dagcheck.tier_report",
        "pytest_dagcheck.tiers",
    ]  # fmt: skip


def test_without_the_option_no_dag_is_an_item(not_asked: Run) -> None:
    assert (not_asked.status, not_asked.outcomes) == (0, {"test_ordinary.py::test_nothing": "PASSED"})


def test_without_the_option_nothing_is_said(not_asked: Run) -> None:
    assert not [line for line in not_asked.output.splitlines() if line.startswith("dagcheck:") or "= dagcheck" in line]


def test_switched_off_nothing_of_dagcheck_is_imported(switched_off: Run) -> None:
    assert _imported(switched_off) == []


def test_switched_off_ordinary_tests_run(switched_off: Run) -> None:
    assert (switched_off.status, switched_off.outcomes) == (0, {"test_ordinary.py::test_nothing": "PASSED"})


def test_switched_off_the_option_is_unknown(shop: Repository) -> None:
    run = shop.check("-p", "no:dagcheck")
    assert (run.status, "unrecognized arguments: --dagcheck" in run.errors) == (pytest.ExitCode.USAGE_ERROR, True)


def test_airflow_is_not_imported_into_pytest_even_when_dags_are_checked(asked: Run) -> None:
    assert asked.outcomes["dags/etl.py::etl_daily"] == "PASSED"
    assert not [name for name in _imported(asked) if name.partition(".")[0] == "airflow"]


def test_the_help_lists_every_option(shop: Repository) -> None:
    text = shop.pytest("--help").output
    for option in ("", "-workers", "-timeout", "-memory", "-level", "-shard", "-baseline", "-write-baseline",
                   "-list", "-explain", "-doctor", "-snapshot-update", "-backend",
                   "-backend-strict", "-strict-answers"):  # fmt: skip
        assert f"  --dagcheck{option}" in text
