"""Ignores by comment and by rule; one that is of no use is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

RULES = """\
[[tool.dagcheck.ignore]]
check = "parse-side-effect"
folder = "dags/legacy"
reason = "goes away with the old cluster"

[[tool.dagcheck.ignore]]
check = "cycle"
dag = "circ*"
reason = "rewritten next week"

[[tool.dagcheck.ignore]]
check = "parse-slow"
reason = "nothing is slow here"
"""
COMMENTS = """\
Variable.get("size", None)  # dagcheck: ignore[parse-variable] moves into a task, ticket 12
Variable.get("colour", None)  # not ignored
NUMBER = 1  # dagcheck: ignore[parse-variable] nothing is read here
NAME = Variable.get("name", None)  # dagcheck: ignore[parse-varable] misspelt
SHAPE = Variable.get(  # the head of a call
    "shape",
    None,
)  # dagcheck: ignore[parse-variable] on the last line of the call
"""
CIRCLE = """\
with DAG("circular", **DAILY):
    one = BaseOperator(task_id="one")
    one >> BaseOperator(task_id="two") >> one
"""


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.configure(RULES)
    repository.dag_code("dags/comments.py", COMMENTS)
    repository.dag_code("dags/circle.py", CIRCLE)
    for folder in ("legacy", "fresh"):
        repository.dag_code(f"dags/{folder}/environment.py", 'os.environ["LATE"] = "1"\n')
    return repository


@pytest.fixture(scope="module")
def run(shop: Repository) -> Run:
    return shop.check()


def test_a_comment_hides_the_finding_of_its_line(run: Run) -> None:
    assert not [head for head in run.findings if "size" in head]


def test_a_comment_at_the_end_of_a_call_speaks_for_the_whole_call(run: Run) -> None:
    assert not [head for head in run.findings if "shape" in head]


def test_a_comment_does_not_hide_another_line(run: Run, shop: Repository) -> None:
    line = shop.line_of("dags/comments.py", "# not ignored")
    assert run.finding("parse-variable", "colour").startswith(f"dags/comments.py:{line}: ")


def test_a_comment_that_matches_nothing_is_told_at_its_line(run: Run, shop: Repository) -> None:
    line = shop.line_of("dags/comments.py", "nothing is read here")
    assert run.finding("unused-ignore", f"dags/comments.py:{line}: ").startswith(
        f"dags/comments.py:{line}: ignore[parse-variable] matches nothing"
    )


def test_a_comment_with_a_misspelt_check_hides_nothing(run: Run) -> None:
    assert run.finding("parse-variable", "name")


def test_a_misspelt_check_in_a_comment_is_told_with_the_nearest_one(run: Run) -> None:
    assert "fix: did you mean parse-variable?" in run.finding("unused-ignore", "'parse-varable'")


def test_a_rule_for_a_folder_hides_there_alone(run: Run) -> None:
    assert run.finding("parse-side-effect").startswith("dags/fresh/environment.py:")


def test_a_rule_for_a_dag_hides_its_finding(run: Run) -> None:
    assert run.outcomes["dags/circle.py::circular"] == "PASSED"


def test_a_rule_that_matches_nothing_is_told_at_its_line(run: Run, shop: Repository) -> None:
    line = shop.line_of("pyproject.toml", "nothing is slow here")
    assert run.finding("unused-ignore", "parse-slow").startswith(
        f"pyproject.toml:{line}: ignore rule for parse-slow matches nothing"
    )


def test_what_is_ignored_is_counted(run: Run) -> None:
    assert run.figures["ignored"] == 4


def test_an_ignore_of_no_use_is_a_warning(run: Run) -> None:
    assert run.status == pytest.ExitCode.OK
