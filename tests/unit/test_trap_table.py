"""The page of traps is current, and whatever it names as a catcher is there."""

from __future__ import annotations

import ast

import pytest

import pattern_table
import trap_table
from dag_corpus import read_file
from dagcheck.checks.registry import all_checks
from trap_table import NOTHING, Trap

ROOT = trap_table.DOCS.parent
ROWS, TRAPS = trap_table.traps()
BY_CHECK = [one for one in TRAPS if one.by_check]
BY_TEST = [one for one in TRAPS if not one.by_check and one.caught_by != NOTHING]


def _name(one: Trap) -> str:
    return f"{one.row}-{one.where}"


def test_the_page_is_current() -> None:
    assert (trap_table.DOCS / "traps.md").read_text(encoding="utf-8") == trap_table.page()


def test_every_row_that_has_a_trap_is_there_once_and_in_order() -> None:
    assert list(dict.fromkeys(one.row for one in TRAPS)) == ROWS
    assert [row for row in pattern_table.catalogue()[1] if row in ROWS] == ROWS


@pytest.mark.parametrize("one", BY_CHECK, ids=_name)
def test_a_check_that_catches_exists_and_its_dag_expects_it(one: Trap) -> None:
    assert one.caught_by in all_checks()
    expected = read_file(ROOT / one.path).expected
    assert one.caught_by in {check for each in expected if each.needed for check in each.checks}


@pytest.mark.parametrize("one", BY_TEST, ids=_name)
def test_a_test_that_catches_exists(one: Trap) -> None:
    tree = ast.parse((ROOT / one.path).read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    assert one.where.partition("::")[2] in functions


def test_what_nothing_catches_names_no_place() -> None:
    assert [one for one in TRAPS if (one.caught_by == NOTHING) == bool(one.where)] == []
