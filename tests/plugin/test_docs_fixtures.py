"""The examples of docs/fixtures.md, each in the file that its first line names."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pytest_dagcheck
from dagcheck import assertions

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

DOCS = Path(__file__).parents[2] / "docs"
TEXT, OF_HOOKS = ((DOCS / name).read_text(encoding="utf-8") for name in ("fixtures.md", "hooks.md"))
EXAMPLES = dict(re.findall(r"^```(?:python|toml)\n# (\S+)\n(.*?)^```", TEXT, re.M | re.S))
TESTS = re.findall(r"^def (test_\w+)", TEXT, re.M)


@pytest.fixture(scope="module")
def repository_of_examples(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.without = ()
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


def test_every_fixture_and_every_factory_has_an_example() -> None:
    package = Path(pytest_dagcheck.__file__).parent
    texts = [file.read_text(encoding="utf-8") for file in (package / "fixtures").glob("*.py")]
    fixtures = {name for text in texts for name in re.findall(r"^@pytest\.fixture.*\ndef (\w+)\(", text, re.M)}
    factories = set(re.findall(r"^def (\w+)\(", (package / "factories.py").read_text(encoding="utf-8"), re.M))
    examples = " ".join(re.findall(r"^```python\n(.*?)^```", TEXT + OF_HOOKS, re.M | re.S))
    used = set(re.findall(r"\w+", " ".join(re.findall(r"^def test_\w+\((.*)\)", examples, re.M))))
    assert len(fixtures) > 10
    assert fixtures - used == set()
    assert factories - set(re.findall(r"^\w+ = (\w+)\(", examples, re.M)) == set()


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
