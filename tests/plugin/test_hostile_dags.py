"""Each hostile DAG file costs itself alone: the whole corpus in one folder, an innocent neighbour after each file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dag_corpus import CorpusFile, dag_differences, differences, read_file
from dag_corpus_odd import write_odd_files
from dagcheck_runs import shown
from hostile_folder import CORPUS, START, TIMEOUT, Folder, check, neighbour

pytestmark = pytest.mark.every_version

FILES = [read_file(path) for path in sorted(CORPUS.glob("*.py"))]
WAYS = {"one worker": ("-n0", 1), "two workers": ("-n0", 2), "four workers": ("-n0", 4), "xdist": ("-n2", 1)}
CRASH = 0.5  # seconds for a file that ends its worker at once


def _bound(files: list[CorpusFile], workers: int) -> float:
    hanging = sum(file.hangs for file in files)
    return START + (TIMEOUT * hanging + CRASH * len(files)) / workers


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Folder]:
    """Return the run over the whole corpus in one way, made once."""
    known: dict[str, Folder] = {}

    def load(way: str) -> Folder:
        if way not in known:
            root = tmp_path_factory.mktemp(way.replace(" ", "-"))
            dags = root / "dags"
            shutil.copytree(CORPUS, dags, ignore=shutil.ignore_patterns("__pycache__"))
            files = [*FILES, *(neighbour(dags, f"{Path(file.name).stem}__after.py") for file in FILES)]
            files += write_odd_files(dags)
            xdist, workers = WAYS[way]
            known[way] = check(root, files, xdist, f"--dagcheck-workers={workers}", seconds=_bound(files, 1))
        return known[way]

    return load


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "way" in metafunc.fixturenames:
        everything = metafunc.config.getoption("hostile_ways") == "all"
        metafunc.parametrize("way", WAYS if everything else ["four workers"], scope="session")


@pytest.fixture
def folder(way: str, whole: Callable[[str], Folder]) -> Folder:
    return whole(way)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_reported_as_its_comments_say(folder: Folder, file: CorpusFile) -> None:
    assert differences(file, folder.run.of(f"dags/{file.name}")) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_dag_that_a_file_makes_is_an_item(folder: Folder, file: CorpusFile) -> None:
    assert dag_differences(file, folder.run.dags_of(f"dags/{file.name}")) == []


def test_innocent_neighbours_are_clean(folder: Folder) -> None:
    innocent = [name for name, file in folder.files.items() if file.innocent]
    assert {name: told for name in innocent if (told := folder.run.of(f"dags/{name}"))} == {}


def test_odd_files_are_reported_as_they_should_be(folder: Folder) -> None:
    odd = {shown(f"dags/{name}"): file for name, file in folder.files.items() if not (CORPUS / name).exists()}
    assert {name: told for name, file in odd.items() if (told := differences(file, folder.run.of(name)))} == {}


def test_every_file_is_an_item_once(folder: Folder) -> None:
    assert {name: times for name in folder.files if (times := folder.run.times_run(f"dags/{name}")) != 1} == {}


def test_the_status_says_that_something_failed(folder: Folder) -> None:
    assert folder.run.status == pytest.ExitCode.TESTS_FAILED


def test_the_run_ends_in_time(whole: Callable[[str], Folder], way: str) -> None:
    folder = whole(way)
    assert folder.run.seconds < _bound(list(folder.files.values()), WAYS[way][1])


def test_nothing_is_left_running(folder: Folder) -> None:
    assert folder.run.left_running == ()


def test_nothing_is_left_in_the_temporary_directory_or_at_home(folder: Folder) -> None:
    assert folder.run.left_behind == ()


def test_no_file_of_the_repository_is_changed(folder: Folder) -> None:
    assert folder.after.keys() == folder.before.keys()
    assert [name for name in folder.before if folder.before[name] != folder.after[name]] == []


def test_nothing_unprintable_reaches_the_terminal(folder: Folder) -> None:
    assert {c for c in folder.run.output if not (c.isprintable() or c == "\n")} == set()


def test_dagcheck_itself_did_not_fail(folder: Folder) -> None:
    assert "INTERNALERROR" not in folder.run.output
    assert "Traceback" not in folder.run.output
