"""tools/lane_report.py: what the tests of a lane came to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lane_report import main

Report = Callable[..., Path]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Write a JUnit file with one test case per argument, which is what stands inside the case."""

    def write(*cases: str) -> Path:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.xml"
        inside = "".join(f'<testcase classname="t" name="n">{case}</testcase>' for case in cases)
        file.write_text(f"<testsuites><testsuite>{inside}</testsuite></testsuites>")
        return file

    return write


def test_a_lane_that_passes_is_green(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--floor", "2", str(report("", "<system-out>text</system-out>"))]) == 0
    assert capsys.readouterr().out == "2 passed, 0 failed, 0 skipped\n"


def test_a_failed_test_makes_the_lane_red(report: Report) -> None:
    assert main([str(report("", "<failure/>"))]) == 1


def test_an_error_in_teardown_is_a_failure(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(report("", "<failure/><error/>", "<error/>"))]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 2 failed, 0 skipped"


def test_a_skipped_test_makes_the_lane_red(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(report("", '<skipped type="pytest.skip"/>'))]) == 1
    assert "1 skipped" in capsys.readouterr().out


def test_fewer_tests_than_the_floor_make_the_lane_red(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--floor", "3", str(report("", ""))]) == 1
    assert "only 2 passed, at least 3 must" in capsys.readouterr().out


def test_a_lane_without_any_test_is_red(report: Report) -> None:
    assert main([str(report())]) == 1


def test_several_files_are_added_up(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--floor", "3", str(report("", "")), str(report(""))]) == 0
    assert capsys.readouterr().out == "3 passed, 0 failed, 0 skipped\n"


@pytest.mark.parametrize("text", ["", "<testsuites><testcase"])
def test_a_file_that_is_cut_off_makes_the_lane_red(tmp_path: Path, text: str) -> None:
    (tmp_path / "cut.xml").write_text(text)
    assert main([str(tmp_path / "cut.xml")]) == 1


def test_a_missing_file_makes_the_lane_red(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "missing.xml")]) == 1
    assert "missing.xml" in capsys.readouterr().err
