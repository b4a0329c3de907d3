"""Snapshots of DAGs, in sessions of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugin.conftest import Repository, Run

UPDATE = "--dagcheck-snapshot-update"
TESTS = """
import pytest


@pytest.mark.parametrize("dag_id", ["etl_daily", "reports"])
def test_snapshot(dag_id, dag_snapshot):
    dag_snapshot(dag_id)
"""


def _made(repository: Repository) -> Repository:
    repository.dag("dags/etl.py", "etl_daily", "reports")
    repository.write("tests/test_dags.py", TESTS)
    return repository


@pytest.fixture
def shop(repository: Repository) -> Repository:
    return _made(repository)


def snapshots(shop: Repository) -> list[str]:
    return sorted(path.name for path in shop.root.rglob("*.dag.txt"))


def outcomes(run: Run) -> list[str]:
    return list(run.outcomes.values())


def test_a_snapshot_is_written_on_demand_and_then_compared(shop: Repository) -> None:
    missing = shop.pytest()
    assert (outcomes(missing), snapshots(shop)) == (["FAILED", "FAILED"], [])
    assert f"there is no snapshot {shop.root}/tests/dag_snapshots/etl_daily.dag.txt; pytest {UPDATE}" in missing.text
    assert outcomes(shop.pytest(UPDATE, "-n", "2")) == ["PASSED", "PASSED"]
    assert snapshots(shop) == ["etl_daily.dag.txt", "reports.dag.txt"]
    shop.write("dags/etl.py", (shop.root / "dags/etl.py").read_text().replace('"load")', '"load", retries=5)', 1))
    changed = shop.pytest()
    assert [outcome for _, outcome in sorted(changed.outcomes.items())] == ["FAILED", "PASSED"]
    assert "+    retries: 5" in changed.text


@pytest.fixture(scope="module")
def abandoned(new_repository: Callable[[], Repository]) -> Repository:
    """All snapshots are as they should be, and there is one more."""
    shop = _made(new_repository())
    shop.pytest(UPDATE)
    shop.write("tests/dag_snapshots/gone.dag.txt", "DAG gone\n")
    return shop


def told(shop: Repository) -> str:
    return f"dagcheck: no test uses the snapshot {shop.root}/tests/dag_snapshots/gone.dag.txt: delete it"


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["one process", "xdist"])
def test_a_snapshot_that_no_test_uses_is_named(abandoned: Repository, options: list[str]) -> None:
    assert told(abandoned) in abandoned.pytest(*options).text


@pytest.mark.parametrize(
    "options",
    [["-k", "etl"], ["tests/test_dags.py"], ["-n", "2", "-k", "etl"], ["-n", "2", "tests/test_dags.py"]],
    ids=" ".join,
)
def test_of_a_part_of_the_tests_none_is_named(abandoned: Repository, options: list[str]) -> None:
    assert told(abandoned) not in abandoned.pytest(*options).text
