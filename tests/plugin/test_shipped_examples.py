"""Real input: the example DAG folders that the installed Airflow and its standard provider ship."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugin.conftest import Repository, Run

pytestmark = pytest.mark.every_version

# Every finding on a shipped example, by check and DAG or file, with the reason why it is true.
TRUE_FINDINGS = {
    ("import-error", "example_custom_weight.py"): "3.0 and 3.1 ship its plugin in a folder that is no plugins folder",
    ("no-dag", "tutorial_taskflow_api_virtualenv.py"): "2.7 and 2.8 define its DAG only beside virtualenv",
    ("deprecated-api", "example_hitl_operator.py"): "3.2 ships it older than the standard provider that deprecates it",
    ("isolated-task", "example_bash_decorator"): "three tasks show a decorator and are tied to none of the others",
    ("isolated-task", "example_passing_params_via_test_command"): "one task reads the environment beside a chain",
    ("unknown-param", "example_passing_params_via_test_command"): "its test command brings it, no schedule does",
    ("catchup-flood", "example_workday_timetable"): "2.10 and 2.11 catch up unless told otherwise, here since 2021",
    ("catchup-flood", "example_dynamic_task_mapping"): "2.7 to 2.9 catch up unless told otherwise, here since 2022",
    (
        "branch-never-taken",
        "example_branch_datetime_operator_3",
    ): "a daily run's logical date is never in the afternoon",
    (
        "branch-never-taken",
        "example_short_circuit_(decorator|operator)",
    ): "2.7 runs it daily, and the answer is a constant",
    ("branch-never-taken", "example_nested_branch_dag"): "each of its branches always returns the id that it is given",
    (
        "branch-unstable",
        "example_weekday_branch_operator",
    ): "it goes by the day on which it runs: use_task_logical_date",
    ("branch-undecided", "example_branch_operator"): "two of its branches start another Python",
    ("branch-undecided", "example_branch_python_operator_decorator"): "two of its branches start another Python",
    ("branch-undecided", "example_hitl_operator"): "a branch on what a human has entered",
    ("branch-unstable", "example_branch_operator"): "chance decides",
    ("branch-unstable", "example_branch_python_operator_decorator"): "chance decides",
    ("branch-unstable", "example_branch_datetime_operator(_\\d)?"): "it goes by the time at which it runs",
    ("subdag", "example_subdag_operator"): "the example of what Airflow 3 removed",
    ("sensor-holds-worker", "example_sensors"): "the sensors poke and have the default timeout, seven days",
    ("template-error", "read_dataset_event_from_classic"): "its template names Dataset, which no context of 2.x has",
    ("template-file-missing", "tutorial_taskflow_templates"): "names sql/test.sql; 2.x ships another name beside it",
}
# Those of them that are errors, by the name of their file.
BROKEN = {"example_custom_weight.py", "example_inlet_event_extra.py", "tutorial_taskflow_templates.py"}


def _folders() -> list[str]:
    """3.0, 3.1 and 3.3 leave the examples of the standard operators to the standard provider; 3.2 ships both."""
    spec = find_spec("airflow")
    assert spec is not None
    places = [Path(place) for place in spec.submodule_search_locations or ()]
    examples = [place / "example_dags" for place in places if (place / "example_dags").is_dir()]
    if not any((place / "sdk").is_dir() for place in places) or any(
        (folder / "standard").exists() for folder in examples
    ):
        return [str(folder) for folder in examples]
    standard = [place / "providers/standard/example_dags" for place in places]
    return [str(folder) for folder in (*examples, *standard) if folder.is_dir()]


def _is_true(headline: str) -> bool:
    return any(
        f"[{check}]" in headline and re.search(rf"(?:^|/){name}:|: {name}[.:]", headline)
        for check, name in TRUE_FINDINGS
    )


@pytest.fixture(scope="module")
def examples(new_repository: Callable[[], Repository]) -> Run:
    """All example folders in one run; with time for a machine that imports every provider at once."""
    repository = new_repository()
    repository.configure('levels = { parse-slow = "off" }\n')
    own = str(repository.root / "pyproject.toml")  # not that of the folder in which Airflow may be installed
    return repository.pytest("-c", own, "--dagcheck", *_folders())


def test_every_example_loads(examples: Run) -> None:
    failed = {Path(item.partition("::")[0]).name for item, outcome in examples.outcomes.items() if outcome != "PASSED"}
    assert failed <= BROKEN


def test_no_example_is_accused_of_anything(examples: Run) -> None:
    assert [head for head in examples.findings if not _is_true(head)] == []


def test_there_are_about_fifty_files_and_their_dags(examples: Run) -> None:
    assert examples.figures["files"] >= 45
    assert examples.figures["DAGs"] >= 45


def test_the_run_is_green_unless_an_example_is_broken(examples: Run) -> None:
    broken = any(outcome != "PASSED" for outcome in examples.outcomes.values())
    assert examples.status == (pytest.ExitCode.TESTS_FAILED if broken else pytest.ExitCode.OK)
