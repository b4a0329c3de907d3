"""Real input: the example DAG folders that the installed Airflow and its standard provider ship."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugin.conftest import Repository, Run

# Every finding of level error on a shipped example, with the reason why it is true. Today there is none.
TRUE_ERRORS: dict[str, str] = {}


def _folders() -> list[str]:
    spec = find_spec("airflow")
    assert spec is not None
    places = [Path(place) for place in spec.submodule_search_locations or ()]
    examples = [place / "example_dags" for place in places]
    standard = [place / "providers/standard/example_dags" for place in places if (place / "sdk").is_dir()]
    return [str(folder) for folder in (*examples, *standard) if folder.is_dir()]


@pytest.fixture(scope="module")
def examples(new_repository: Callable[[], Repository]) -> Run:
    """All example folders in one run; with time for a machine that imports every provider at once."""
    return new_repository().pytest("--dagcheck", "--dagcheck-level=parse-slow=off", *_folders())


def test_every_example_loads(examples: Run) -> None:
    failed = {item for item, outcome in examples.outcomes.items() if outcome != "PASSED"}
    assert failed == set(TRUE_ERRORS)


def test_no_example_is_accused_of_anything(examples: Run) -> None:
    assert [head for head in examples.findings if not any(head.startswith(item) for item in TRUE_ERRORS)] == []


def test_there_are_about_fifty_files_and_their_dags(examples: Run) -> None:
    assert examples.figures["files"] >= 50
    assert examples.figures["DAGs"] >= 65


def test_the_run_is_green(examples: Run) -> None:
    assert examples.status == pytest.ExitCode.OK
