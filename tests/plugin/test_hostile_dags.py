"""Each hostile DAG file costs itself alone: the whole corpus in one folder, an innocent neighbour after each file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from dag_corpus import CorpusFile, dag_differences, differences, read_file
from dag_corpus_odd import write_odd_files
from dagcheck.checks.registry import all_checks
from dagcheck.findings import Level
from dagcheck_runs import Run, run_dagcheck, shown

pytestmark = pytest.mark.every_version

CORPUS = Path(__file__).parents[1] / "hostile_dags"
FILES = [read_file(path) for path in sorted(CORPUS.glob("*.py"))]
TIMEOUT = 4  # seconds; what does not hang takes less than one, but for disk_filled.py
LIMITS = (f"--dagcheck-timeout={TIMEOUT}", "--dagcheck-memory=512")
WAYS = {"one worker": ("-n0", 1), "two workers": ("-n0", 2), "four workers": ("-n0", 4), "xdist": ("-n2", 1)}
# Airflow 2 catches up unless told otherwise, which is not what these files are about.
CONFIGURATION = """
[tool.dagcheck]
sweep_seconds = 0.5
levels = { catchup-flood = "off" }
"""
START = 60  # seconds for two interpreters, Airflow and the innocent files
CRASH = 0.5  # seconds for a file that ends its worker at once

# One of each kind also has to stand alone: with nothing else in the queue, nobody's error hides another's.
ALONE = (
    "exit_os_zero.py", "exit_pytest.py", "signal_stop.py", "segfault_unseen.py", "loop_swallowing.py",
    "memory_small.py", "atexit_exits.py", "thread_exits_later.py", "fork_goes_on.py", "clear_builtins.py",
    "descriptors_closed.py", "patch_probe.py", "forge_own.py", "kill_group.py", "folder_deleted.py",
    "sweep_exits.py", "sweep_hangs_swallowing.py", "sweep_forges.py",
)  # fmt: skip


@dataclass(frozen=True)
class Folder:
    """A copy of the corpus and the run over it."""

    files: dict[str, CorpusFile]
    before: dict[str, bytes]
    after: dict[str, bytes]
    run: Run


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".zip" and not path.is_symlink()
    }


def _neighbour(dags: Path, name: str) -> CorpusFile:
    """Write an innocent file that fails in a damaged interpreter."""
    stem = name.removesuffix(".py")
    text = (CORPUS / "good_demanding.py").read_text(encoding="utf-8").replace("good_demanding", stem)
    (dags / name).write_text(text, encoding="utf-8")
    return read_file(dags / name)


def _load(root: Path, files: list[CorpusFile], *options: str, seconds: float) -> Folder:
    (root / "pyproject.toml").write_text(CONFIGURATION, encoding="utf-8")
    before = _contents(root)
    run = run_dagcheck(root, "dags", *LIMITS, *options, seconds=seconds)
    return Folder({file.name: file for file in files}, before, _contents(root), run)


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
            files = [*FILES, *(_neighbour(dags, f"{Path(file.name).stem}__after.py") for file in FILES)]
            files += write_odd_files(dags)
            xdist, workers = WAYS[way]
            known[way] = _load(root, files, xdist, f"--dagcheck-workers={workers}", seconds=_bound(files, 1))
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


@pytest.mark.parametrize("name", ALONE)
def test_a_file_alone_costs_neither_neighbour(tmp_path: Path, name: str) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    shutil.copy(CORPUS / name, dags)
    hostile = replace(read_file(CORPUS / name), certain=False)
    files = [_neighbour(dags, "aaa_before.py"), hostile, _neighbour(dags, "zzz_after.py")]
    alone = _load(tmp_path, files, "-n0", "--dagcheck-workers=1", seconds=START + 5 * TIMEOUT)
    assert {file.name: told for file in files if (told := differences(file, alone.run.of(f"dags/{file.name}")))} == {}
    is_error = any(all_checks()[finding.check].level is Level.ERROR for finding in alone.run.findings)
    assert alone.run.status == (pytest.ExitCode.TESTS_FAILED if is_error else pytest.ExitCode.OK)
    assert alone.run.left_running == ()
    assert alone.before == alone.after
