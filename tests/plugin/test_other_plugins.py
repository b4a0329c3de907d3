"""pytest-xdist, pytest-randomly and pytest-timeout do with DAGs what they do with tests."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

CALLS = {
    "alone": ("--junitxml=alone.xml",),
    "shuffled": ("--randomly-seed=7", "-v", "--timeout=60"),
}
TEST_PATHS = {"alone": (), "spread": ("-n2",)}


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.without = ()
    repository.configure('allow_writes = ["."]')
    for name in "abcdef":
        repository.dag(f"dags/{name}.py", f"dag_{name}")
    repository.dag_code("dags/broken.py", 'raise ValueError("not today")\n')
    repository.dag_code("dags/reads.py", 'SIZE = Variable.get("size", "1")\n')
    repository.dag_code("dags/counted.py", 'with open("loads", "a") as loads:\n    loads.write("x")\n')
    repository.write("test_ordinary.py", "def test_nothing():\n    pass\n")
    return repository


@pytest.fixture(scope="module")
def spread(shop: Repository) -> Run:
    return shop.check("-n2", "--junitxml=spread.xml")


@pytest.fixture(scope="module")
def loads(shop: Repository, spread: Run) -> int:
    assert spread.status in (0, 1)
    return len((shop.root / "loads").read_text(encoding="ascii"))


@pytest.fixture(scope="module")
def runs(shop: Repository, loads: int) -> dict[str, Run]:
    assert loads, "the run with xdist comes first"
    return shop.check_each(CALLS)


@pytest.fixture(scope="module")
def beside_test_paths(new_repository: Callable[[], Repository]) -> dict[str, Run]:
    """pytest's own configuration names the folder of the tests alone."""
    repository = new_repository()
    repository.write("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n')
    repository.write("tests/test_ordinary.py", "def test_nothing():\n    pass\n")
    repository.dag("dags/etl.py", "etl_daily")
    repository.dag_code("dags/broken.py", 'raise ValueError("not today")\n')
    return repository.check_each(TEST_PATHS)


def _cases(repository: Repository, file: str) -> Counter[tuple[str | None, ...]]:
    cases = ET.parse(repository.root / file).iter("testcase")
    return Counter((case.get("classname"), case.get("name"), case.findtext("failure")) for case in cases)


def test_xdist_workers_share_one_probe(loads: int) -> None:
    assert loads == 1


def test_xdist_gives_the_same_outcomes(spread: Run, runs: dict[str, Run]) -> None:
    assert spread.outcomes == runs["alone"].outcomes


def test_xdist_gives_the_same_status(spread: Run, runs: dict[str, Run]) -> None:
    assert spread.status == runs["alone"].status == pytest.ExitCode.TESTS_FAILED


def test_xdist_gives_the_same_findings(spread: Run, runs: dict[str, Run]) -> None:
    assert Counter(spread.findings) == Counter(runs["alone"].findings)


def test_xdist_shows_the_whole_finding_of_a_failure(spread: Run, runs: dict[str, Run]) -> None:
    assert spread.finding("import-error") == runs["alone"].finding("import-error")


def test_xdist_gives_the_same_figures(spread: Run, runs: dict[str, Run]) -> None:
    assert {**spread.figures, "seconds": 0} == {**runs["alone"].figures, "seconds": 0}


def test_xdist_gives_the_same_junit_file(shop: Repository, spread: Run, runs: dict[str, Run]) -> None:
    assert spread.status == runs["alone"].status
    assert _cases(shop, "spread.xml") == _cases(shop, "alone.xml")


def test_xdist_leaves_no_temporary_folder(shop: Repository, spread: Run) -> None:
    assert spread.status == pytest.ExitCode.TESTS_FAILED
    assert shop.left_behind() == []


def test_another_order_gives_the_same_outcomes(runs: dict[str, Run]) -> None:
    assert runs["shuffled"].outcomes == runs["alone"].outcomes


def test_items_can_be_shuffled(runs: dict[str, Run]) -> None:
    order = [line.split()[0] for line in runs["shuffled"].output.splitlines() if "%]" in line]
    assert sorted(order) == sorted(runs["alone"].outcomes)
    assert order != sorted(order)


def test_a_timeout_per_test_hits_no_dag(runs: dict[str, Run]) -> None:
    assert "timeout: 60" in runs["shuffled"].output
    assert runs["shuffled"].status == runs["alone"].status


@pytest.mark.parametrize("call", TEST_PATHS)
def test_the_dag_folder_is_checked_beside_the_test_paths(beside_test_paths: dict[str, Run], call: str) -> None:
    assert beside_test_paths[call].outcomes == {
        "dags/broken.py": "FAILED",
        "dags/etl.py": "PASSED",
        "dags/etl.py::etl_daily": "PASSED",
        "tests/test_ordinary.py::test_nothing": "PASSED",
    }


@pytest.mark.parametrize("call", TEST_PATHS)
def test_an_error_beside_the_test_paths_fails_the_run(beside_test_paths: dict[str, Run], call: str) -> None:
    assert beside_test_paths[call].status == pytest.ExitCode.TESTS_FAILED
