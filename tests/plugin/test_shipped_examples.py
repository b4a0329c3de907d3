"""Real input: the example DAG folders that the installed Airflow and its standard provider ship."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugin.conftest import Repository, Run

# Every finding on a shipped example, by check and DAG, with the reason why it is true. Today none is an error.
TRUE_WARNINGS = {
    ("isolated-task", "example_bash_decorator"): "three tasks show a decorator and are tied to none of the others",
    ("isolated-task", "example_passing_params_via_test_command"): "one task reads the environment beside a chain",
    ("subdag", "example_subdag_operator"): "the example of what Airflow 3 removed",
}


def _folders() -> list[str]:
    spec = find_spec("airflow")
    assert spec is not None
    places = [Path(place) for place in spec.submodule_search_locations or ()]
    examples = [place / "example_dags" for place in places]
    standard = [place / "providers/standard/example_dags" for place in places if (place / "sdk").is_dir()]
    return [str(folder) for folder in (*examples, *standard) if folder.is_dir()]


def _is_true(headline: str) -> bool:
    return any(f": {dag_id}." in headline and f"[{check}]" in headline for check, dag_id in TRUE_WARNINGS)


@pytest.fixture(scope="module")
def examples(new_repository: Callable[[], Repository]) -> Run:
    """All example folders in one run; with time for a machine that imports every provider at once."""
    return new_repository().pytest("--dagcheck", "--dagcheck-level=parse-slow=off", *_folders())


def test_every_example_loads(examples: Run) -> None:
    assert {item for item, outcome in examples.outcomes.items() if outcome != "PASSED"} == set()


def test_no_example_is_accused_of_anything(examples: Run) -> None:
    assert [head for head in examples.findings if not _is_true(head)] == []


def test_there_are_about_fifty_files_and_their_dags(examples: Run) -> None:
    assert examples.figures["files"] >= 50
    assert examples.figures["DAGs"] >= 65


def test_the_run_is_green(examples: Run) -> None:
    assert examples.status == pytest.ExitCode.OK
