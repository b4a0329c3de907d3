from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

DAG = "from airflow import DAG\n"


def _found(folder: str) -> list[str]:
    from dagcheck._airflow.discovery import dag_files

    return [str(file.relative_to(folder)) for file in dag_files(Path(folder))]


def _absolute(folder: str) -> bool:
    import os

    from dagcheck._airflow.discovery import dag_files

    os.chdir(Path(folder).parent)
    return all(file.is_absolute() for file in dag_files(Path(Path(folder).name)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.py", "a.py", "sub/c.py", "skip_me.py", "skipping/d.py"):
        path = tmp_path / "dags" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DAG)
    (tmp_path / "dags" / "helper.py").write_text("import os\n")
    (tmp_path / "dags" / "notes.txt").write_text(DAG)
    with zipfile.ZipFile(tmp_path / "dags" / "more.zip", "w") as archive:
        archive.writestr("e.py", DAG)
    return tmp_path / "dags"


def test_files_come_sorted_and_without_those_that_safe_mode_leaves_out(room: Room, folder: Path) -> None:
    assert room(_found, str(folder)) == ["a.py", "b.py", "more.zip", "skip_me.py", "skipping/d.py", "sub/c.py"]


def test_a_relative_folder_gives_absolute_files(room: Room, folder: Path) -> None:
    assert room(_absolute, str(folder)) is True


def test_airflowignore_has_the_syntax_of_the_installed_version(room: Room, folder: Path) -> None:
    """As a regular expression `skip.*` matches everything with `skip` in it, as a glob what starts with `skip.`."""
    (folder / ".airflowignore").write_text("skip.*\n")
    left = ["skip_me.py", "skipping/d.py"] if at_least(3, 0) else []
    assert room(_found, str(folder)) == ["a.py", "b.py", "more.zip", *left, "sub/c.py"]


def test_an_airflowignore_counts_below_its_own_folder_only(room: Room, folder: Path) -> None:
    (folder / "sub" / ".airflowignore").write_text("*.py\n" if at_least(3, 0) else ".*\n")
    assert "sub/c.py" not in room(_found, str(folder))
    assert "a.py" in room(_found, str(folder))


def _single(path: str) -> list[str]:
    from dagcheck._airflow.discovery import dag_files

    return [file.name for file in dag_files(Path(path))]


@pytest.mark.parametrize(
    ("name", "files"), [("a.py", ["a.py"]), ("more.zip", ["more.zip"]), ("helper.py", []), ("nowhere.py", [])]
)
def test_a_single_file_counts_if_it_looks_like_a_dag_file(
    room: Room, folder: Path, name: str, files: list[str]
) -> None:
    assert room(_single, str(folder / name)) == files
