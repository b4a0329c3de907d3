"""The examples of docs/branches.md, each in the file that its first line names."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagcheck import properties

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

TEXT = (Path(__file__).parents[2] / "docs" / "branches.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```python\n# (\S+)\n(.*?)^```", TEXT, re.M | re.S))
TESTS = re.findall(r"^def (test_\w+)", TEXT, re.M)
FINDING, FAILURE = re.findall(r"^```\n(dags/.*?)^```", TEXT, re.M | re.S)


@pytest.fixture(scope="module")
def run(new_repository: Callable[[], Repository]) -> Run:
    """The examples and the sweep in one session."""
    repository = new_repository()
    repository.without = ()
    for path, text in EXAMPLES.items():
        repository.write(path, f"# {path}\n{text}")
    repository.write("tests/test_shown.py", """
        from dagcheck.properties import assert_join_runs

        def test_shown():
            try:
                assert_join_runs("orders", "2024-01-02", "2024-02-28")
            except AssertionError as error:
                print(f"<<{error}>>")
    """)  # fmt: skip
    repository.write("pyproject.toml", "[tool.dagcheck]\nsweep_start = 2025-01-01\nsweep_years = 1\n")
    return repository.pytest("-s", "--dagcheck", "dags", "tests")


@pytest.mark.parametrize("name", TESTS)
def test_an_example_passes(run: Run, name: str) -> None:
    outcomes = {test.rpartition("::")[2]: outcome for test, outcome in run.outcomes.items()}
    assert outcomes.get(name) == "PASSED", run.output


def test_every_property_has_an_example() -> None:
    assert set(re.findall(r"^ +(assert_\w+)\(", TEXT, re.M)) == set(properties.__all__)


def test_every_check_of_the_family_is_in_the_table() -> None:
    from dagcheck.checks.registry import all_checks

    told = dict(re.findall(r"^\| `([\w-]+)` \| (\w+) \|", TEXT, re.M))
    assert told == {
        check.name: check.level.value for check in all_checks().values() if check.family == "Branches and runs"
    }


def test_the_finding_that_is_shown_is_what_dagcheck_says(run: Run) -> None:
    assert FINDING.strip() in run.text


def test_the_failure_that_is_shown_is_what_dagcheck_says(run: Run) -> None:
    assert f"<<{FAILURE.strip()}>>" in run.text


def test_the_option_goes_before_the_configuration(new_repository: Callable[[], Repository]) -> None:
    repository = new_repository()
    repository.write("dags/orders.py", EXAMPLES["dags/orders.py"])
    repository.configure("sweep_seconds = 3\n")
    run = repository.check("--dagcheck-sweep-seconds", "0")
    assert run.status == pytest.ExitCode.OK
    assert "join-always-skipped" not in run.text
