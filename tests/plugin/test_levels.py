"""Every level can be changed, by configuration and over it by option."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

CALLS = {
    "as configured": (),
    "by option": ("--dagcheck-level", "parse-variable=warning", "--dagcheck-level", "parse-subprocess=error"),
}
BODY = """\
import subprocess

Variable.get("size", None)
os.environ["LATE"] = "1"
try:
    subprocess.run(["true"])
except OSError:
    pass
"""


@pytest.fixture(scope="module")
def runs(new_repository: Callable[[], Repository]) -> dict[str, Run]:
    repository = new_repository()
    repository.configure(
        '[tool.dagcheck.levels]\nparse-variable = "error"\nparse-subprocess = "warning"\nparse-side-effect = "off"\n'
    )
    repository.dag_code("dags/etl.py", BODY)
    return repository.check_each(CALLS)


def _checks(run: Run) -> list[str]:
    return sorted(head.rpartition("[")[2].rstrip("]") for head in run.findings)


def test_a_warning_made_an_error_fails_the_run(runs: dict[str, Run]) -> None:
    assert runs["as configured"].status == pytest.ExitCode.TESTS_FAILED
    assert "FAILED dags/etl.py - Variable read while parsing: size [parse-variable]\n" in runs["as configured"].text


def test_an_error_made_a_warning_is_counted_as_one(runs: dict[str, Run]) -> None:
    assert (runs["as configured"].figures["errors"], runs["as configured"].figures["warnings"]) == (1, 1)


def test_a_check_switched_off_is_silent(runs: dict[str, Run]) -> None:
    assert _checks(runs["as configured"]) == ["parse-subprocess", "parse-variable"]


def test_the_header_shows_the_levels_with_their_origin(runs: dict[str, Run]) -> None:
    shown = "levels=parse-variable:error,parse-subprocess:warning,parse-side-effect:off (pyproject.toml)"
    assert shown in runs["as configured"].text


def test_an_option_goes_over_the_configuration_check_by_check(runs: dict[str, Run]) -> None:
    assert (
        "FAILED dags/etl.py - a process is started while parsing: true [parse-subprocess]\n" in runs["by option"].text
    )
    assert _checks(runs["by option"]) == ["parse-subprocess", "parse-variable"]


def test_the_header_names_the_option_as_origin(runs: dict[str, Run]) -> None:
    shown = "levels=parse-variable:warning,parse-subprocess:error,parse-side-effect:off (--dagcheck-level)"
    assert shown in runs["by option"].text
