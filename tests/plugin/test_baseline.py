"""A baseline records today's findings: only new ones fail, and an entry whose finding is gone is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

CIRCLE = """\
with DAG("{0}", **DAILY):
    one = BaseOperator(task_id="one")
    one >> BaseOperator(task_id="two") >> one
"""


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.dag_code("dags/circle.py", CIRCLE.format("old"))
    repository.dag_code("dags/broken.py", 'raise ValueError("not today")\n')
    repository.dag_code("dags/reads.py", 'Variable.get("size", None)\n')
    repository.dag_code("dags/mended.py", 'raise ValueError("mended tomorrow")\n')
    return repository


@pytest.fixture(scope="module")
def written(shop: Repository) -> Run:
    return shop.check("--dagcheck-baseline", "known.json", "--dagcheck-write-baseline")


@pytest.fixture(scope="module")
def text(shop: Repository, written: Run) -> str:
    assert written.status == pytest.ExitCode.OK
    return (shop.root / "known.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def read(shop: Repository, text: str) -> Run:
    """The next day: a line more above a known finding, a finding more, a file mended."""
    assert text
    shop.configure('baseline = "known.json"')
    shop.dag_code("dags/circle.py", "NUMBER = 1\n\n" + CIRCLE.format("old") + CIRCLE.format("fresh"))
    shop.dag("dags/mended.py", "mended")
    return shop.check()


def test_the_run_that_writes_passes(written: Run) -> None:
    assert (written.status, written.findings) == (pytest.ExitCode.OK, [])


def test_the_run_that_writes_counts_what_it_recorded(written: Run) -> None:
    assert {name: written.figures[name] for name in ("errors", "warnings", "baselined")} == {
        "errors": 0, "warnings": 0, "baselined": 4,
    }  # fmt: skip


def test_the_file_lists_findings_by_file_and_check(text: str) -> None:
    assert [(entry["file"], entry["check"]) for entry in json.loads(text)["findings"]] == [
        ("dags/broken.py", "import-error"),
        ("dags/circle.py", "cycle"),
        ("dags/mended.py", "import-error"),
        ("dags/reads.py", "parse-variable"),
    ]


def test_the_file_has_no_line_numbers(text: str) -> None:
    assert "line" not in {key for entry in json.loads(text)["findings"] for key in entry}


def test_a_known_finding_does_not_fail_although_its_line_moved(read: Run) -> None:
    assert read.outcomes["dags/circle.py::old"] == "PASSED"


def test_a_known_finding_is_not_shown(read: Run) -> None:
    assert not [head for head in read.findings if "old: the tasks" in head or head.startswith("dags/broken.py")]


def test_a_new_finding_fails(read: Run) -> None:
    assert read.outcomes["dags/circle.py::fresh"] == "FAILED"
    assert read.status == pytest.ExitCode.TESTS_FAILED


def test_an_entry_whose_finding_is_gone_is_told(read: Run) -> None:
    stale = read.finding("stale-baseline")
    assert stale.startswith(
        "dags/mended.py: the baseline lists what is not there any more: ValueError: mended tomorrow"
    )


def test_an_entry_whose_finding_is_gone_is_a_warning(read: Run) -> None:
    assert read.outcomes["dags/mended.py"] == "PASSED"


def test_the_closing_table_counts_known_findings_apart(read: Run) -> None:
    assert {name: read.figures[name] for name in ("errors", "warnings", "baselined")} == {
        "errors": 1, "warnings": 1, "baselined": 3,
    }  # fmt: skip
