"""Which files are DAG files is Airflow's decision, where to look is the user's."""

from __future__ import annotations

import importlib.metadata
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

pytestmark = pytest.mark.every_version

# An ignore file that each syntax reads in its own way, and what it then leaves out.
IGNORE = "glob_*.py\nregexp_.*_file\n"
MAJOR = int(importlib.metadata.version("apache-airflow").partition(".")[0])
DEFAULT, OTHER = ("glob", "regexp") if MAJOR >= 3 else ("regexp", "glob")
FILES = ["glob_one_file.py", "kept.py", "regexp_one_file.py"]


def _left(run: Run) -> list[str]:
    return sorted(name.removeprefix("dags/") for name in run.outcomes if name.startswith("dags/") and "::" not in name)


def _without(syntax: str) -> list[str]:
    return [name for name in FILES if not name.startswith(syntax)]


def _ignoring(repository: Repository) -> Repository:
    for name in FILES:
        repository.dag(f"dags/{name}", name.removesuffix(".py"))
    repository.write("dags/.airflowignore", IGNORE)
    return repository


def _pack(repository: Repository, path: str, members: dict[str, str]) -> None:
    with zipfile.ZipFile(repository.root / path, "w") as archive:
        for name, member in members.items():
            archive.write(repository.root / member, name)


@pytest.fixture(scope="module")
def archives(new_repository: Callable[[], Repository]) -> Run:
    """Archives, files that safe mode leaves out, and a list of folders, all found at once."""
    repository = new_repository()
    repository.configure('dag_folder = ["pipelines", "more/dags", "single.py"]')
    repository.dag("parts/good.py", "packed")
    repository.dag("parts/fine.py", "packed_with_another")
    repository.dag_code("parts/bad.py", 'raise ValueError("badly packed")\n')
    repository.dag("pipelines/etl.py", "etl_daily")
    repository.write("pipelines/plain.py", 'raise RuntimeError("airflow would not parse this")\n')
    repository.dag_code("pipelines/notes.txt", "not Python at all\n")
    _pack(repository, "pipelines/good.zip", {"good.py": "parts/good.py"})
    _pack(repository, "pipelines/mixed.zip", {"bad.py": "parts/bad.py", "fine.py": "parts/fine.py"})
    repository.dag_code("parts/typo.py", "raise ValueError(\n")
    _pack(repository, "pipelines/typos.zip", {"bad.py": "parts/bad.py", "typo.py": "parts/typo.py"})
    repository.dag("more/dags/other.py", "other")
    repository.dag("more/elsewhere.py", "not_configured")
    repository.dag("single.py", "single")
    repository.dag("dags/default.py", "not_configured_either")
    return repository.check()


def test_an_ignore_file_is_read_in_the_default_syntax_of_the_installed_airflow(repository: Repository) -> None:
    assert _left(_ignoring(repository).check()) == _without(DEFAULT)


def test_an_ignore_file_is_read_in_the_configured_syntax(repository: Repository) -> None:
    repository.configure(f'[tool.dagcheck.environment]\nAIRFLOW__CORE__DAG_IGNORE_FILE_SYNTAX = "{OTHER}"')
    assert _left(_ignoring(repository).check()) == _without(OTHER)


@pytest.mark.parametrize(
    "item",
    ["pipelines/etl.py::etl_daily", "more/dags/other.py::other", "single.py::single"],
    ids=["first", "second", "file"],
)
def test_each_configured_folder_or_file_is_checked(archives: Run, item: str) -> None:
    assert archives.outcomes.get(item) == "PASSED"


def test_what_is_not_configured_is_not_checked(archives: Run) -> None:
    assert not [name for name in archives.outcomes if name.startswith(("dags/", "parts/", "more/elsewhere.py"))]


def test_the_header_lists_the_configured_folders(archives: Run) -> None:
    assert "dag_folder=pipelines,more/dags,single.py (pyproject.toml)" in archives.text


def test_safe_mode_leaves_out_a_file_that_does_not_speak_of_dags(archives: Run) -> None:
    assert not [name for name in archives.outcomes if name.startswith("pipelines/plain.py")]


def test_a_file_that_is_neither_python_nor_an_archive_is_left_out(archives: Run) -> None:
    assert not [name for name in archives.outcomes if "notes.txt" in name]


def test_the_dags_of_an_archive_are_items_of_the_archive(archives: Run) -> None:
    found = {name: word for name, word in archives.outcomes.items() if name.startswith("pipelines/good.zip")}
    assert found == dict.fromkeys(["pipelines/good.zip", "pipelines/good.zip::packed"], "PASSED")


def test_a_failing_member_fails_its_archive(archives: Run) -> None:
    assert archives.outcomes.get("pipelines/mixed.zip") == "FAILED"


def test_a_finding_in_an_archive_names_member_and_line(archives: Run) -> None:
    finding = archives.finding("import-error", "mixed.zip")
    assert finding.startswith("pipelines/mixed.zip/bad.py:15: ValueError: badly packed")


@pytest.mark.parametrize(
    "start", ["bad.py:15: ValueError: badly packed", "typo.py:15: SyntaxError: '(' was never closed"]
)
def test_each_failing_member_is_told_once_at_its_line(archives: Run, start: str) -> None:
    assert len([finding for finding in archives.findings if "typos.zip" in finding]) == 2
    assert archives.finding("import-error", f"typos.zip/{start[:3]}").startswith(f"pipelines/typos.zip/{start}")


def test_a_good_member_beside_a_failing_one_is_an_item(archives: Run) -> None:
    assert archives.outcomes.get("pipelines/mixed.zip::packed_with_another") == "PASSED"


def test_a_folder_of_archives_is_found_on_the_command_line(repository: Repository) -> None:
    repository.dag("parts/good.py", "packed")
    (repository.root / "bundles").mkdir()
    _pack(repository, "bundles/good.zip", {"good.py": "parts/good.py"})
    assert list(repository.check("bundles").outcomes) == ["bundles/good.zip", "bundles/good.zip::packed"]


def test_a_package_named_airflow_in_the_repository_is_not_taken_for_airflow(repository: Repository) -> None:
    repository.write("airflow/__init__.py", "")
    repository.dag("airflow/dags/etl.py", "etl_daily")
    run = repository.check("airflow/dags")
    assert (run.errors, run.outcomes.get("airflow/dags/etl.py::etl_daily")) == ("", "PASSED")
