"""Cases with a known outcome, run for real on all engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hand_cases import CASES

from dagcheck._airflow.versions import at_least, release

if TYPE_CHECKING:
    from tests.differential.conftest import Oracle

# What some versions do instead, and where their source says so.
_ON_THIS_VERSION: dict[str, dict[str, str]] = {}
if at_least(3, 2):
    # ti_deps/deps/not_previously_skipped_dep.py, line 64, looks at index -1: the branch is no MappedOperator
    _ON_THIS_VERSION["in_a_mapped_group"] = {"each.left[1]": "success", "each.right[0]": "success"}
elif at_least(2, 10):
    # the skip order is for index -1, but a literal is expanded when the run is made; PR 62287 changed that in 3.2
    instances = (f"each.{side}[{index}]" for side in ("left", "right") for index in (0, 1))
    _ON_THIS_VERSION["before_a_mapped_group"] = dict.fromkeys(instances, "success")
# without MappedTaskUpstreamDep models/dagrun.py, `_get_ready_tis`, expands a skipped task whose rule counts as met
_FAILED_BEFORE_29 = {
    "mapped_over_a_skip_with_a_rule": ("each", "after"),
    "a_group_over_a_skip": ("each.second",),
    "a_group_with_a_rule_over_a_skip": ("each.first", "each.second"),
}
if not at_least(2, 9):
    _ON_THIS_VERSION |= {name: dict.fromkeys(failed, "upstream_failed") for name, failed in _FAILED_BEFORE_29.items()}
if not at_least(2, 10):
    # models/mappedoperator.py, `unmap`: the operator that runs knows of nothing below it
    _ON_THIS_VERSION["a_mapped_branch"] = {"right[0]": "success", "right[1]": "success"}
# models/skipmixin.py before 2.10 knows tasks alone: the id of a group is an unknown one
_REFUSED_ON_THIS_VERSION = set() if at_least(2, 10) else {"a_group", "the_other_group", "a_group_further_down"}
# providers/standard/operators/branch.py 1.6, `_expand_task_group_roots`: None becomes a list with None in it
_NO_CHOICE_ON_THIS_VERSION = {"nothing"} if (3, 0) <= release() < (3, 1) else set()


@pytest.mark.parametrize("name", CASES)
def test_airflow_does_what_the_case_says(oracle: Oracle, name: str) -> None:
    case = CASES[name]
    state, states = case.state, {**case.states, **_ON_THIS_VERSION.get(name, {})}
    if name in _FAILED_BEFORE_29 and not at_least(2, 9):
        state = "failed"
    if name in _NO_CHOICE_ON_THIS_VERSION:
        state, states = CASES["unknown"].state, CASES["unknown"].states
    if name in _REFUSED_ON_THIS_VERSION:
        state, states = "failed", {**dict.fromkeys(states, "upstream_failed"), "choose": "failed"}
    assert oracle(name)["airflow"] == {"state": state, "states": states}


@pytest.mark.parametrize("engine", ["simulate", "run_dag"])
@pytest.mark.parametrize("name", CASES)
def test_our_engines_do_as_airflow(oracle: Oracle, name: str, engine: str) -> None:
    found = oracle(name)
    assert (found[engine]["state"], found[engine]["states"]) == tuple(found["airflow"].values())
