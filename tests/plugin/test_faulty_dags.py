"""A small DAG folder with one mistake of each kind, as a new user would try it."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

import pytest

from dag_corpus import CorpusFile, dag_differences, differences, read_file
from dagcheck_runs import Run, run_dagcheck

pytestmark = pytest.mark.every_version

CORPUS = Path(__file__).parents[1] / "faulty_dags"
MAJOR = int(importlib.metadata.version("apache-airflow").partition(".")[0])
FILES = [file for path in sorted(CORPUS.glob("*.py")) if (file := read_file(path)).applies(MAJOR)]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = tmp_path_factory.mktemp("faulty")
    (root / "dags").mkdir()
    for file in FILES:
        shutil.copy(CORPUS / file.name, root / "dags")
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    # Airflow 2 catches up unless told otherwise
    return run_dagcheck(root, "--dagcheck-timeout=12", "--dagcheck-workers=2", "--dagcheck-level=catchup-flood=off")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_mistake_is_reported_as_its_comment_says(run: Run, file: CorpusFile) -> None:
    assert differences(file, run.of(f"dags/{file.name}")) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_dag_of_a_faulty_file_is_an_item(run: Run, file: CorpusFile) -> None:
    assert dag_differences(file, run.dags_of(f"dags/{file.name}")) == []


def test_the_corpus_has_a_mistake_for_every_check_of_both_families() -> None:
    from dagcheck.checks.registry import all_checks

    named = {check for file in FILES for expected in file.expected if expected.needed for check in expected.checks}
    families = {"Loading", "What parsing does"}
    assert {name for name, check in all_checks().items() if check.family in families} <= named


def test_nothing_else_is_reported(run: Run) -> None:
    known = {f"dags/{file.name}" for file in FILES}
    assert [finding for finding in run.findings if finding.file not in known] == []


def test_the_run_fails(run: Run) -> None:
    assert run.status == pytest.ExitCode.TESTS_FAILED
