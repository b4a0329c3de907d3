"""dagcheck beside ruff itself: only with `--with-ruff`, because it would have its say in every other test as well."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository

ORDERS = """
    def load(day):
        from airflow.operators.bash_operator import BashOperator  # removed, and nothing says so while the file loads

        return [
            BashOperator,
            requets.get(day),
        ]

    def evaluate(text):
        return eval(text)

    with DAG("orders", **DAILY):
        BaseOperator(task_id="only")
"""


@pytest.fixture
def repository(new_repository: Callable[[], Repository]) -> Repository:
    made = new_repository()
    made.dag_code("dags/orders.py", ORDERS)
    return made


def test_what_it_finds_stands_at_its_line_in_the_same_list(repository: Repository) -> None:
    run = repository.pytest("--dagcheck")
    at = {code: repository.line_of("dags/orders.py", text) for code, text in
          {"AIR302": "    BashOperator,", "F821": "requets", "S307": "eval(text)"}.items()}  # fmt: skip
    told = {head.rpartition("[")[2].rstrip("]"): head for head in run.findings}
    assert {code: int(told[code].split(":")[1]) for code in at} == at
    assert run.status == pytest.ExitCode.TESTS_FAILED


def test_the_command_that_a_fix_names_repairs(repository: Repository) -> None:
    command = re.search(r"fix: `ruff (.*--fix.*)`", repository.pytest("--dagcheck").text)
    assert command is not None
    repaired = [sys.executable, "-m", "ruff", *shlex.split(command[1])]
    subprocess.run(repaired, cwd=repository.root, capture_output=True, check=True)
    assert "[AIR302]" not in repository.pytest("--dagcheck").text


def test_a_configuration_that_it_refuses_is_a_usage_error(repository: Repository) -> None:
    repository.write("ruff.toml", "no-such-key = 1\n")
    run = repository.pytest("--dagcheck")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert "no-such-key" in run.text + run.errors
