"""Another team's repository passes its own tests with dagcheck as it is installed here (in CI: the built wheel)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository

THERE = Path(__file__).parents[1] / "other_team"


@pytest.fixture(scope="module")
def other_team(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    shutil.copytree(THERE, repository.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return repository


def test_the_tests_of_another_team_pass(other_team: Repository) -> None:
    run = other_team.pytest("-n", "2")
    assert (run.status, set(run.outcomes.values()), len(run.outcomes)) == (0, {"PASSED"}, 10), run.output
    assert other_team.left_behind() == []


def test_a_change_of_its_dag_is_seen(other_team: Repository) -> None:
    file = other_team.root / "billing_dags" / "invoices.py"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("collect >> write >> check >> send", "collect >> write >> send >> check"), "utf-8")
    try:
        run = other_team.pytest()
    finally:
        file.write_text(good, "utf-8")
    failed = {name.rpartition("::")[2] for name, outcome in run.outcomes.items() if outcome == "FAILED"}
    assert (len(run.outcomes), set(run.outcomes.values())) == (10, {"PASSED", "FAILED"})
    assert other_team.left_behind() == []
    assert failed == {"test_invoices_are_checked_before_they_are_sent", "test_the_whole_dag"}
    assert "- check >> send  (expected, found the other way round)" in run.text
