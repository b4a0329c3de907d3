"""Mistakes that only a folder that loads as a whole can show, one of each kind."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

import pytest

from dag_corpus import CorpusFile, dag_differences, differences, read_file
from dagcheck_runs import Run, run_dagcheck

CORPUS = Path(__file__).parents[1] / "faulty_dags" / "whole"
MAJOR = int(importlib.metadata.version("apache-airflow").partition(".")[0])
FILES = [file for path in sorted(CORPUS.glob("*.py")) if (file := read_file(path)).applies(MAJOR)]
FAMILIES = {"Structure", "Schedule", "Tasks", "Templates", "Branches and runs", "Across DAGs"}
CONFIGURATION = """
[tool.dagcheck]
external_dags = ["sales_*"]
pools = { warehouse = 2 }
catchup_runs = 30_000 # Airflow 2 catches up unless told otherwise
sweep_seconds = 2.5
sweep_start = 2025-01-01
sweep_years = 1
variables = { region = "eu" }
connections = { db = "postgres://db.example", lake = "postgres://lake.example", files = "ftp://files.example" }
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("whole")
    (root / "dags").mkdir()
    for file in FILES:
        shutil.copy(CORPUS / file.name, root / "dags")
    (root / "pyproject.toml").write_text(CONFIGURATION, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def run(repository: Path) -> Run:
    return run_dagcheck(repository, "--dagcheck-level=sql-syntax=error")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_mistake_is_reported_as_its_comment_says(run: Run, file: CorpusFile) -> None:
    found = run.of(f"dags/{file.name}")
    assert [*differences(file, found), *dag_differences(file, run.dags_of(f"dags/{file.name}"))] == []


def test_nothing_else_is_reported(run: Run) -> None:
    known = {f"dags/{file.name}" for file in FILES}
    assert [finding for finding in run.findings if finding.file not in known] == []


def test_there_is_a_mistake_for_every_check_that_is_on() -> None:
    from dagcheck.checks.registry import all_checks
    from dagcheck.findings import Level

    files = map(read_file, CORPUS.parent.rglob("*.py"))
    named = {check for file in files for expected in file.expected for check in expected.checks}
    wanted = {name for name, one in all_checks().items() if one.family in FAMILIES and one.level is not Level.OFF}
    assert wanted - named == {"no-start-date"}  # what only 3.0 lets pass: its own tests have it


def test_of_a_part_of_the_folder_no_dag_or_asset_is_said_to_be_missing(repository: Path) -> None:
    run = run_dagcheck(repository, "dags/external_task.py", "dags/trigger_target.py", "dags/asset_source.py")
    assert run.findings == ()


def test_a_policy_of_the_team_is_heard_when_it_is_selected(repository: Path) -> None:
    run = run_dagcheck(
        repository, "dags/pools.py", "--dagcheck-level=no-tags=error", "--dagcheck-level=no-retries=warning"
    )
    assert {"no-tags", "no-retries"} < {finding.check for finding in run.findings}
