"""Mapped tasks and mapped groups in the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dagcheck.running.attempt import Attempt, Ending
from dagcheck.running.graph import Retries
from dagcheck.running.lengths import Combined, Expansion, Known, Length, OutputOf, measure
from dagcheck.running.semantics import Semantics

Run = Callable[..., Any]
OVER_SOURCE = Expansion(OutputOf("source"), ("source",))


def returns(length: int) -> Ending:
    return Ending(state="success", has_output=True, length=length)


def fails_at(*map_indexes: int) -> Callable[[Attempt], Ending]:
    return lambda attempt: Ending(state="failed" if attempt.map_index in map_indexes else "success", has_output=True)


def test_a_literal_is_expanded_before_the_run_and_all_instances_count_for_those_below(run: Run) -> None:
    ran = run("m > after", {"m": fails_at(1)}, facts={"m": {"expands": Expansion(Known(3))}})
    assert ran.states == {"m[0]": "success", "m[1]": "failed", "m[2]": "success", "after": "upstream_failed"}


def test_a_value_is_expanded_when_it_is_there(run: Run) -> None:
    ran = run("source > m > after", {"source": returns(2)}, facts={"m": {"expands": OVER_SOURCE}})
    assert ran.states == {"source": "success", "m[0]": "success", "m[1]": "success", "after": "success"}


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        (returns(0), "skipped"),
        (Ending(state="success"), "upstream_failed"),
        (Ending(state="skipped"), "skipped"),
        (Ending(state="failed"), "upstream_failed"),
    ],
)
def test_without_elements_a_mapped_task_stays_one_and_does_not_run(run: Run, ending: Ending, state: str) -> None:
    ran = run("source > m", {"source": ending}, facts={"m": {"expands": OVER_SOURCE}})
    assert ran.states["m"] == state


def test_a_mapped_source_counts_the_instances_that_left_a_value(run: Run) -> None:
    facts = {
        "source": {"expands": Expansion(Known(3))},
        "m": {"expands": OVER_SOURCE, "trigger_rule": "all_done"},
    }
    ran = run("source > m", {"source": lambda one: Ending(state="success", has_output=one.map_index != 1)}, facts=facts)
    assert [key for key in ran.states if key.startswith("m")] == ["m[0]", "m[1]"]


@pytest.mark.parametrize(("source", "raced"), [("failed", ["m"]), ("skipped", [])])
def test_a_task_whose_rule_skips_it_may_fail_as_well_if_what_it_is_mapped_over_failed(
    run: Run, source: Any, raced: list[str]
) -> None:
    facts = {"m": {"expands": OVER_SOURCE, "trigger_rule": "all_failed"}}
    script = {"source": Ending(state=source), "other": Ending(state="skipped")}
    ran = run("source > m, other > m", script, facts=facts)
    assert ran.states["m"] == ("upstream_failed" if raced else "skipped")
    assert list(ran.engine.races.found) == raced


@pytest.mark.parametrize(("early", "raced"), [(False, ["m"]), (True, [])])
def test_before_2_9_it_is_timing_what_becomes_of_a_task_over_one_never_expanded(
    run: Run, *, early: bool, raced: list[str]
) -> None:
    facts = {
        "first": {"expands": OVER_SOURCE},
        "m": {"expands": Expansion(OutputOf("first"), ("first",)), "trigger_rule": "all_skipped"},
    }
    semantics = Semantics(mapped_source_fails_early=early)
    ran = run("source > first > m", {"source": Ending(state="skipped")}, facts=facts, semantics=semantics)
    assert ran.states["m"] == "skipped"
    assert list(ran.engine.races.found) == raced


GROUP = {"groups": {"g": Expansion(Known(3))}}
IN_GROUP = {"groups": ("g",), "in_mapped_group": True}


def test_in_a_mapped_group_each_instance_follows_its_own_index(run: Run) -> None:
    ran = run("a > b > after", {"a": fails_at(1)}, facts={"a": IN_GROUP, "b": IN_GROUP}, **GROUP)
    assert [ran.states[f"b[{index}]"] for index in range(3)] == ["success", "upstream_failed", "success"]
    assert ran.states["after"] == "upstream_failed"


@pytest.mark.parametrize(("look", "fired"), [("unexpanded-if-fast", 1), ("own", 1), ("all-if-fast", 3), ("all", 3)])
def test_a_fast_rule_in_a_mapped_group_fires_as_the_version_looks(run: Run, look: Any, fired: int) -> None:
    facts = {"a": IN_GROUP, "b": {**IN_GROUP, "trigger_rule": "one_failed"}}
    ran = run("a > b", {"a": fails_at(1)}, facts=facts, semantics=Semantics(group_look=look), **GROUP)
    assert [ran.states[f"b[{index}]"] for index in range(3)].count("success") == fired


def test_a_group_over_a_value_expands_all_its_tasks(run: Run) -> None:
    groups = {"g": OVER_SOURCE}
    ran = run("source > a > b", {"source": returns(2)}, facts={"a": IN_GROUP, "b": IN_GROUP}, groups=groups)
    assert ran.states == dict.fromkeys(("source", "a[0]", "a[1]", "b[0]", "b[1]"), "success")


ON_3_0 = Semantics(start_needs_group_lengths=True)


@pytest.mark.parametrize(
    ("source", "rule", "state", "raced"),
    [
        (returns(2), "all_done", "success", []),
        (returns(2), "always", "success", ["after"]),
        (returns(0), "all_done", "success", []),
        (Ending(state="skipped"), "all_done", "failed", []),
        (Ending(state="skipped"), "all_success", "skipped", []),
    ],
)
def test_on_3_0_a_task_below_a_mapped_group_does_not_start_before_the_group_s_length_is_known(
    run: Run, source: Ending, rule: str, state: str, raced: list[str]
) -> None:
    facts = {"a": IN_GROUP, "after": {"trigger_rule": rule, "retries": Retries(count=2)}}
    ran = run("source > a > after", {"source": source}, facts=facts, groups={"g": OVER_SOURCE}, semantics=ON_3_0)
    assert ran.states["after"] == state
    assert list(ran.engine.races.found) == raced
    later = run("source > a > after", {"source": source}, facts=facts, groups={"g": OVER_SOURCE})
    assert later.states["after"] == ("skipped" if rule == "all_success" else "success")
    assert later.engine.races.found == {}


@pytest.mark.parametrize(("below", "groups"), [("b", {"g": OVER_SOURCE}), ("after", {"g": Expansion(Known(2))})])
def test_on_3_0_a_task_of_the_same_group_or_below_a_literal_one_starts(
    run: Run, below: str, groups: dict[str, Expansion]
) -> None:
    facts = {"a": IN_GROUP, below: {**(IN_GROUP if below == "b" else {}), "trigger_rule": "all_done"}}
    source = returns(2) if below == "b" else Ending(state="skipped")
    ran = run(f"source > a > {below}", {"source": source}, facts=facts, groups=groups, semantics=ON_3_0)
    assert {ran.states[key] for key in ran.states if key.startswith(below)} == {"success"}


def test_what_a_runner_sees_of_a_mapped_group_is_its_own_index(run: Run) -> None:
    ran = run("a > b > after", facts={"a": IN_GROUP, "b": IN_GROUP}, **GROUP)
    view = ran.runner.view
    assert view.map_indexes("a") == (0, 1, 2)
    assert view.upstream_map_indexes("b", 2, "a") == 2
    assert view.upstream_map_indexes("after", -1, "b") is None


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (Known(3), 3),
        (OutputOf("two"), 2),
        (OutputOf("unknown"), None),
        (Combined("product", (Known(3), OutputOf("two"))), 6),
        (Combined("shortest", (Known(3), OutputOf("two"))), 2),
        (Combined("longest", (Known(3), OutputOf("two"))), 3),
        (Combined("sum", (Known(3), OutputOf("two"))), 5),
        (Combined("sum", (Known(3), OutputOf("unknown"))), None),
        (Combined("product", ()), 0),
    ],
    ids=str,
)
def test_lengths_combine_as_expand_zip_and_concat(length: Length, expected: int | None) -> None:
    assert measure(length, {"two": 2}.get) == expected
