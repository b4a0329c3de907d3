"""The examples of docs/fixtures.md, each in the file that its first line names."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagcheck import assertions

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

TEXT = (Path(__file__).parents[2] / "docs" / "fixtures.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```(?:python|toml)\n# (\S+)\n(.*?)^```", TEXT, re.M | re.S))
TESTS = re.findall(r"^def (test_\w+)", TEXT, re.M)


@pytest.fixture(scope="module")
def repository_of_examples(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    for path, text in EXAMPLES.items():
        repository.write(path, text)
    return repository


@pytest.fixture(scope="module")
def run(repository_of_examples: Repository) -> Run:
    repository_of_examples.pytest("--dagcheck-snapshot-update", "-k", "reviewed")
    return repository_of_examples.pytest()


@pytest.mark.parametrize("name", TESTS)
def test_an_example_passes(run: Run, name: str) -> None:
    outcomes = {test.rpartition("::")[2]: outcome for test, outcome in run.outcomes.items()}
    assert outcomes.get(name) == "PASSED", run.output


def test_every_assertion_has_an_example() -> None:
    called = set(re.findall(r"^ +(assert_\w+)\(", TEXT, re.M))
    assert called == set(assertions.__all__)


def test_every_fixture_has_an_example() -> None:
    used = set(re.findall(r"\w+", " ".join(re.findall(r"^def test_\w+\((.*)\)", TEXT, re.M))))
    assert {"dagbag", "dag", "dag_maker", "dag_snapshot"} <= used


def test_the_failure_that_is_shown_is_what_dagcheck_says(repository_of_examples: Repository) -> None:
    (shown,) = re.findall(r"^```\n(dags/.*?)^```", TEXT, re.M | re.S)
    repository_of_examples.write("tests/test_shown.py", """
        from dagcheck.assertions import assert_dependencies

        def test_shown():
            try:
                assert_dependencies("orders", "wait >> extract >> publish >> mail; customers")
            except AssertionError as error:
                print(f"<<{error}>>")
    """)  # fmt: skip
    try:
        run = repository_of_examples.pytest("-s", "tests/test_shown.py")
    finally:
        (repository_of_examples.root / "tests/test_shown.py").unlink()
    assert f"<<{shown.strip()}>>" in run.text
