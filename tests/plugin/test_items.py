"""DAG files and DAGs are items like any other: what people do with items works."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

CALLS = {
    "whole": ("-v", "--color=yes", "--junitxml=junit.xml"),
    "collected": ("--collect-only", "-q"),
    "keyword": ("-k", "etl_daily or first"),
    "one line": ("dags/broken.py", "--tb=line"),
    "deselected": ("--deselect", "dags/two.py::second", "--tb=no"),
    "one DAG": ("dags/etl.py::etl_daily",),
    "sub-folder": ("dags/sub",),
    "one file": ("dags/two.py",),
    "two folders": ("dags/sub", "more_dags"),
    "until failure": ("-x",),
    "a DAG that is not there": ("dags/etl.py::etl_weekly",),
}
WHOLE = {
    "dags/broken.py": "FAILED",
    "dags/etl.py": "PASSED",
    "dags/etl.py::etl_daily": "PASSED",
    "dags/no_dags.py": "PASSED",
    "dags/sub/deep.py": "PASSED",
    "dags/sub/deep.py::deep.dotted.id": "PASSED",
    "dags/two.py": "PASSED",
    "dags/two.py::first": "PASSED",
    "dags/two.py::second": "PASSED",
    "test_ordinary.py::test_nothing": "PASSED",
}


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.dag("dags/etl.py", "etl_daily")
    repository.dag("dags/two.py", "first", "second")
    repository.dag("dags/sub/deep.py", "deep.dotted.id")
    repository.dag("more_dags/other.py", "other")
    repository.dag_code("dags/no_dags.py", "NUMBER = 1\n")
    repository.dag_code("dags/broken.py", 'raise ValueError("not today")\n')
    repository.write("test_ordinary.py", "def test_nothing():\n    pass\n")
    return repository


@pytest.fixture(scope="module")
def runs(shop: Repository) -> dict[str, Run]:
    return shop.check_each(CALLS)


@pytest.fixture(scope="module")
def junit(runs: dict[str, Run], shop: Repository) -> str:
    assert "whole" in runs
    return (shop.root / "junit.xml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def again(shop: Repository) -> Run:
    shop.check("--cache-clear")
    return shop.check("--lf")


def test_files_and_dags_are_items_with_the_path_as_id(runs: dict[str, Run]) -> None:
    assert runs["collected"].output.splitlines()[: len(WHOLE)] == list(WHOLE)


def test_collecting_alone_is_a_success(runs: dict[str, Run]) -> None:
    assert (runs["collected"].status, runs["collected"].findings) == (0, [])


def test_collecting_alone_counts_the_items(runs: dict[str, Run]) -> None:
    assert f"{len(WHOLE)} tests collected" in runs["collected"].output


def test_a_dag_id_with_dots_is_kept_as_it_is(runs: dict[str, Run]) -> None:
    assert runs["whole"].outcomes["dags/sub/deep.py::deep.dotted.id"] == "PASSED"


def test_two_dags_of_a_file_are_two_items(runs: dict[str, Run]) -> None:
    assert runs["one file"].outcomes == dict.fromkeys(
        ["dags/two.py", "dags/two.py::first", "dags/two.py::second"], "PASSED"
    )


def test_a_file_without_dags_has_one_item(runs: dict[str, Run]) -> None:
    assert [name for name in runs["whole"].outcomes if name.startswith("dags/no_dags.py")] == ["dags/no_dags.py"]


def test_a_whole_run_tells_every_outcome(runs: dict[str, Run]) -> None:
    assert runs["whole"].outcomes == WHOLE


def test_a_failing_item_fails_the_run(runs: dict[str, Run]) -> None:
    assert runs["whole"].status == pytest.ExitCode.TESTS_FAILED


def test_a_run_over_dags_without_fault_is_a_success(runs: dict[str, Run]) -> None:
    assert runs["one file"].status == pytest.ExitCode.OK


def test_verbose_has_a_line_for_each_item(runs: dict[str, Run]) -> None:
    assert "dags/two.py::second \x1b[32mPASSED" in runs["whole"].output


def test_a_keyword_selects_by_the_name_of_file_or_dag(runs: dict[str, Run]) -> None:
    assert runs["keyword"].outcomes == dict.fromkeys(["dags/etl.py::etl_daily", "dags/two.py::first"], "PASSED")


def test_what_was_found_in_items_not_selected_is_not_shown(runs: dict[str, Run]) -> None:
    assert (runs["keyword"].status, runs["keyword"].findings) == (pytest.ExitCode.OK, [])


def test_a_traceback_of_one_line_is_the_headline_of_the_finding(runs: dict[str, Run], shop: Repository) -> None:
    line = shop.line_of("dags/broken.py", "not today")
    assert f"\ndags/broken.py:{line}: ValueError: not today [import-error]\n" in runs["one line"].output


def test_a_traceback_of_one_line_leaves_out_the_rest_of_the_finding(runs: dict[str, Run]) -> None:
    assert len(runs["one line"].findings) == 1
    assert "fix:" not in runs["one line"].output


def test_without_tracebacks_no_finding_of_a_failure_is_shown(runs: dict[str, Run]) -> None:
    assert (runs["deselected"].findings, runs["deselected"].status) == ([], 1)


def test_a_deselected_dag_does_not_run(runs: dict[str, Run]) -> None:
    assert runs["deselected"].outcomes == {name: word for name, word in WHOLE.items() if name != "dags/two.py::second"}


def test_a_dag_can_be_named_on_the_command_line(runs: dict[str, Run]) -> None:
    assert runs["one DAG"].outcomes == {"dags/etl.py::etl_daily": "PASSED"}


def test_a_dag_that_is_not_there_cannot_be_named(runs: dict[str, Run]) -> None:
    run = runs["a DAG that is not there"]
    assert (run.status, "dags/etl.py::etl_weekly" in run.errors) == (pytest.ExitCode.USAGE_ERROR, True)


def test_a_sub_folder_can_be_named(runs: dict[str, Run]) -> None:
    assert list(runs["sub-folder"].outcomes) == ["dags/sub/deep.py", "dags/sub/deep.py::deep.dotted.id"]


def test_several_folders_can_be_named_configured_or_not(runs: dict[str, Run]) -> None:
    expected = [
        "dags/sub/deep.py",
        "dags/sub/deep.py::deep.dotted.id",
        "more_dags/other.py",
        "more_dags/other.py::other",
    ]
    assert list(runs["two folders"].outcomes) == expected


def test_the_closing_table_counts_what_was_named(runs: dict[str, Run]) -> None:
    assert (runs["sub-folder"].figures["files"], runs["sub-folder"].figures["DAGs"]) == (1, 1)


def test_the_run_stops_at_the_first_failure_if_told_to(runs: dict[str, Run]) -> None:
    assert runs["until failure"].outcomes == {"dags/broken.py": "FAILED"}


def test_only_the_item_that_failed_runs_again(again: Run) -> None:
    assert again.outcomes == {"dags/broken.py": "FAILED"}


def test_what_runs_again_is_announced(again: Run) -> None:
    assert "run-last-failure: rerun previous 1 failure" in again.output


def test_junit_has_a_case_for_each_item(junit: str) -> None:
    cases = [(case.get("classname"), case.get("name")) for case in ET.fromstring(junit).iter("testcase")]
    assert len(cases) == len(set(cases)) == len(WHOLE)


def test_junit_names_a_dag_by_its_id(junit: str) -> None:
    names = {case.get("name"): case.get("classname") for case in ET.fromstring(junit).iter("testcase")}
    assert names["etl_daily"] == "dags.etl"


def test_junit_has_the_whole_finding_as_text(junit: str, shop: Repository) -> None:
    (failure,) = ET.fromstring(junit).iter("failure")
    head, *rest = str(failure.text).splitlines()
    assert head == f"dags/broken.py:{shop.line_of('dags/broken.py', 'not today')}: ValueError: not today [import-error]"
    assert any(line.startswith("    fix: ") for line in rest)


def test_junit_has_no_colour_codes(junit: str) -> None:
    assert "\x1b" not in junit
    assert "#x1B" not in junit


def test_colour_follows_the_switch_of_pytest(runs: dict[str, Run]) -> None:
    coloured = next(
        line for line in runs["whole"].output.splitlines() if "not today" in line and "[import-error]" in line
    )
    assert "\x1b[31m" in coloured
    assert "\x1b" not in runs["until failure"].output
