"""What ruff finds stands in dagcheck's list, where ruff is installed: here one that answers as 0.17.5 did."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

# `ruff check --output-format=json --select ...`, with what dagcheck reads of it.
RECORDED: list[dict[str, Any]] = [
    {
        "code": "F821",
        "filename": "FOLDER/dags/orders.py",
        "fix": None,
        "location": {"column": 12, "row": 1},
        "message": "Undefined name `requets`",
    },
    {
        "code": "AIR302",
        "filename": "FOLDER/dags/orders.py",
        "fix": {"applicability": "unsafe", "edits": [], "message": "Use `BashOperator` from the provider instead."},
        "location": {"column": 1, "row": 2},
        "message": "`airflow.operators.bash.BashOperator` is moved into `standard` provider in Airflow 3.0;",
    },
    {
        "code": None,
        "filename": "FOLDER/dags/orders.py",
        "fix": None,
        "location": {"column": 1, "row": 3},
        "message": "SyntaxError: not a rule's, and dagcheck's own to tell",
    },
]
PROGRAM = """#!{python}
import json, pathlib, sys
pathlib.Path({called!r}).write_text(json.dumps(sys.argv[1:]))
print({answer!r})
sys.exit({status})
"""


@pytest.fixture
def ruff(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Install a stand-in for ruff; returns the environment that has it."""
    import sys

    def install(root: Path, answer: str = "", status: int = 1, version: str = "0.17.5") -> dict[str, str]:
        home = tmp_path / "site"
        (home / "ruff").mkdir(parents=True)
        program = home / "ruff-program"
        answer = answer or json.dumps(RECORDED).replace("FOLDER", str(root))
        called = str(tmp_path / "called.json")
        program.write_text(PROGRAM.format(python=sys.executable, called=called, answer=answer, status=status))
        program.chmod(0o755)
        (home / "ruff" / "__init__.py").write_text(f"def find_ruff_bin():\n    return {str(program)!r}\n")
        info = home / f"ruff-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: ruff\nVersion: {version}\n")
        return {"PYTHONPATH": os.pathsep.join([str(home), *filter(None, [os.environ.get("PYTHONPATH")])])}

    return install


@pytest.fixture
def repository(new_repository: Callable[[], Repository]) -> Repository:
    made = new_repository()
    made.dag("dags/orders.py", "orders")
    return made


def test_what_ruff_finds_is_told_under_its_codes_with_the_command_that_repairs(
    repository: Repository, ruff: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    run: Run = repository.pytest("--dagcheck", environ=ruff(repository.root))
    assert "dags/orders.py:1: Undefined name `requets` [F821]" in run.text
    assert "Use `BashOperator` from the provider instead." in run.text
    assert "fix: `ruff check --select AIR302 --fix --unsafe-fixes dags/orders.py`" in run.text
    assert "SyntaxError" not in run.text
    assert run.status == pytest.ExitCode.TESTS_FAILED  # F821 is an error, AIR302 a warning
    options = json.loads((tmp_path / "called.json").read_text())
    assert options[0] == "check"
    assert options[-1] == str(repository.root / "dags/orders.py")


def test_its_rules_are_configured_and_ignored_as_every_other_check(
    repository: Repository, ruff: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    repository.configure("""
        levels = { F821 = "warning", S608 = "off" }
        [[tool.dagcheck.ignore]]
        check = "AIR302"
        reason = "moves to Airflow 3 in spring"
    """)
    run = repository.pytest("--dagcheck", environ=ruff(repository.root))
    assert run.status == pytest.ExitCode.OK
    assert "[F821]" in run.text
    assert "[AIR302]" not in run.text
    (selected,) = [one for one in json.loads((tmp_path / "called.json").read_text()) if one.startswith("--select=")]
    assert "S608" not in selected
    assert "S307" in selected


def test_a_ruff_that_fails_is_a_usage_error(repository: Repository, ruff: Callable[..., dict[str, str]]) -> None:
    run = repository.pytest("--dagcheck", environ=ruff(repository.root, answer="[]", status=2))
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert "ruff failed" in run.text + run.errors


def test_a_ruff_that_is_too_old_is_not_asked(
    repository: Repository, ruff: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    run = repository.pytest("--dagcheck", environ=ruff(repository.root, version="0.11.2"))
    assert run.status == pytest.ExitCode.OK
    assert not (tmp_path / "called.json").exists()
