"""Snapshots of DAGs, in sessions of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

UPDATE = "--dagcheck-snapshot-update"
TESTS = """
import pytest


@pytest.mark.parametrize("dag_id", ["etl_daily", "reports"])
def test_snapshot(dag_id, dag_snapshot):
    dag_snapshot(dag_id)
"""


@pytest.fixture
def shop(repository: Repository) -> Repository:
    repository.dag("dags/etl.py", "etl_daily", "reports")
    repository.write("tests/test_dags.py", TESTS)
    return repository


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


@pytest.mark.parametrize("options", [[], ["-n", "2"]])
def test_a_snapshot_that_no_test_uses_is_named(shop: Repository, options: list[str]) -> None:
    shop.pytest(UPDATE)
    shop.write("tests/dag_snapshots/gone.dag.txt", "DAG gone\n")
    told = f"dagcheck: no test uses the snapshot {shop.root}/tests/dag_snapshots/gone.dag.txt: delete it"
    assert told in shop.pytest(*options).text
    assert told not in shop.pytest(*options, "-k", "etl").text
    assert told not in shop.pytest(*options, "tests/test_dags.py").text
