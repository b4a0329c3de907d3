"""The examples of docs/hooks.md, each in the file that its first line names, as far as their providers are here."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

TEXT = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```(?:python|toml)\n# (\S+)\n(.*?)^```", TEXT, re.M | re.S))


def _is_here(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:
        return False


HERE = {
    path: text
    for path, text in EXAMPLES.items()
    if all(_is_here(f"airflow.providers.{name}") for name in re.findall(r"airflow\.providers\.(\w+(?:\.aws)?)", text))
}
TESTS = [name for text in HERE.values() for name in re.findall(r"^(?:async )?def (test_\w+)", text, re.M)]


@pytest.fixture(scope="module")
def run(new_repository: Callable[[], Repository]) -> Run:
    repository = new_repository()
    repository.write("pyproject.toml", "[tool.pytest.ini_options]\ndagcheck_hermetic = true\n")
    for path, text in HERE.items():
        repository.write(path, text)
    return repository.pytest()


@pytest.mark.parametrize("name", TESTS)
def test_an_example_passes(run: Run, name: str) -> None:
    outcomes = {test.rpartition("::")[2]: outcome for test, outcome in run.outcomes.items()}
    assert outcomes.get(name) == "PASSED", run.output


def test_those_of_postgres_are_always_among_them() -> None:
    assert "tests/test_orders.py" in HERE
