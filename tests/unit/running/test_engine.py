from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from dagcheck.running.attempt import Attempt, Deferral, Ending, SkipOrder
from dagcheck.running.graph import Retries
from dagcheck.running.semantics import Semantics

Run = Callable[..., Any]
FAILS = Ending(state="failed")
SKIPS = Ending(state="skipped")
MINUTE = datetime.timedelta(minutes=1)


def follow(*task_ids: str, skip: tuple[str, ...]) -> Ending:
    """What a branch orders that follows some of its direct children and skips the others."""
    order = SkipOrder(now=tuple((one, -1) for one in skip), followed=task_ids)
    return Ending(state="success", skip_orders=(order,), choice=task_ids)


def test_all_tasks_of_a_healthy_chain_succeed_in_order(run: Run) -> None:
    ran = run("a > b > c")
    assert ran.states == {"a": "success", "b": "success", "c": "success"}
    assert ran.engine.order == ["a", "b", "c"]
    assert ran.engine.state == "success"


def test_a_failure_fails_everything_below_and_the_run(run: Run) -> None:
    ran = run("a > b > c, a > d", {"b": FAILS})
    assert ran.states == {"a": "success", "b": "failed", "c": "upstream_failed", "d": "success"}
    assert ran.engine.state == "failed"
    assert ran.runner.finished == ("failed", "task_failure")


def test_a_skipped_task_skips_what_needs_all_to_succeed(run: Run) -> None:
    ran = run("a > b > c", {"b": SKIPS})
    assert ran.states == {"a": "success", "b": "skipped", "c": "skipped"}
    assert ran.engine.state == "success"


def test_a_branch_skips_what_it_does_not_follow_and_the_join_with_the_default_rule(run: Run) -> None:
    ran = run("b > x > join, b > y > join", {"b": follow("x", skip=("y",))}, facts={"b": {"is_skip_mixin": True}})
    assert ran.states == {"b": "success", "x": "success", "y": "skipped", "join": "skipped"}


def test_a_join_that_tolerates_skips_runs(run: Run) -> None:
    rule = {"join": {"trigger_rule": "none_failed_min_one_success"}, "b": {"is_skip_mixin": True}}
    ran = run("b > x > join, b > y > join", {"b": follow("x", skip=("y",))}, facts=rule)
    assert ran.states["join"] == "success"


def test_tasks_ready_together_run_the_heaviest_first(run: Run) -> None:
    ran = run("a > x, a > y, a > z", facts={"y": {"weight": 5}, "z": {"weight": 3}})
    assert ran.engine.order == ["a", "y", "z", "x"]


def test_a_failed_task_is_tried_again_after_its_delay(run: Run) -> None:
    def second_time(attempt: Attempt) -> Ending:
        return Ending(state="success" if attempt.try_number == 2 else "failed")

    ran = run("a > b", {"a": second_time}, facts={"a": {"retries": Retries(count=2, delay=5 * MINUTE)}})
    first, second, last = ran.runner.attempts
    assert ran.states == {"a": "success", "b": "success"}
    assert (first.may_retry, second.may_retry) == (True, True)
    assert second.start - first.start == 5 * MINUTE
    assert last.start == second.start


def test_the_last_try_may_not_retry_and_fails(run: Run) -> None:
    ran = run("a", {"a": FAILS}, facts={"a": {"retries": Retries(count=1)}})
    assert [(one.try_number, one.may_retry) for one in ran.runner.attempts] == [(1, True), (2, False)]
    assert ran.states == {"a": "failed"}


def test_a_failure_that_is_not_retryable_ends_at_once(run: Run) -> None:
    ran = run("a", {"a": Ending(state="failed", retryable=False)}, facts={"a": {"retries": Retries(count=3)}})
    assert len(ran.runner.attempts) == 1
    assert ran.states == {"a": "failed"}


def test_a_rescheduled_task_runs_again_within_the_same_try(run: Run) -> None:
    def third_poke(attempt: Attempt) -> Ending:
        if attempt.reschedules == 2:
            return Ending(state="success")
        return Ending(state="up_for_reschedule", reschedule_at=attempt.start + MINUTE)

    ran = run("wait > b", {"wait": third_poke})
    pokes = [one for one in ran.runner.attempts if one.task_id == "wait"]
    assert [one.try_number for one in pokes] == [1, 1, 1]
    assert pokes[2].start - pokes[2].first_start == 2 * MINUTE
    assert ran.states == {"wait": "success", "b": "success"}


def test_a_deferred_task_resumes_when_its_trigger_fires(run: Run) -> None:
    def defer_once(attempt: Attempt) -> Ending:
        if attempt.deferral:
            return Ending(state="success")
        deferral = Deferral(resume_at=attempt.start + MINUTE, trigger="T()", method="resume", event="fired")
        return Ending(state="deferred", deferral=deferral)

    ran = run("a", {"a": defer_once})
    first, second = ran.runner.attempts
    assert second.deferral is not None
    assert second.deferral.event == "fired"
    assert (second.try_number, second.start - first.start) == (1, MINUTE)
    assert ran.states == {"a": "success"}


def test_a_long_task_holds_back_only_what_waits_for_it(run: Run) -> None:
    ran = run("slow > after_slow, fast > after_fast", {"slow": Ending(state="success", duration=MINUTE)})
    assert ran.engine.order == ["slow", "fast", "after_fast", "after_slow"]
    assert set(ran.states.values()) == {"success"}


def test_a_run_in_which_nothing_can_go_on_is_deadlocked(run: Run) -> None:
    removed: Any = Ending(state="removed")  # type: ignore[arg-type] # by hand in Airflow's UI, by no runner
    ran = run("a > join", {"a": removed}, semantics=Semantics(removed_is_forgiven=False))
    assert ran.engine.reason == "all_tasks_deadlocked"
    assert ran.engine.state == "failed"


def test_fail_fast_skips_whatever_has_not_ended_but_no_teardown(run: Run) -> None:
    edges = "a > b > c, bad > d, s > w > t"
    facts = {"s": {"is_setup": True}, "t": {"is_teardown": True, "trigger_rule": "all_done_setup_success"}}
    ran = run(edges, {"bad": FAILS}, facts=facts, fail_fast=True)
    assert ran.states["c"] == "skipped"
    assert ran.states["d"] == "skipped"
    assert ran.states["t"] == "success"


def test_a_teardown_runs_after_a_failure_but_does_not_decide_on_the_run(run: Run) -> None:
    facts = {
        "s": {"is_setup": True},
        "t": {"is_teardown": True, "trigger_rule": "all_done_setup_success"},
    }
    ran = run("s > w > t, s > t", {"t": FAILS}, facts=facts)
    assert ran.states == {"s": "success", "w": "success", "t": "failed"}
    assert ran.engine.state == "success"


def test_a_skip_order_overwrites_a_finished_task_unless_it_is_spared(run: Run) -> None:
    edges, scripts = "early, branch > early, branch > x", {"branch": follow("x", skip=("early",))}
    facts = {"early": {"trigger_rule": "always"}, "branch": {"is_skip_mixin": True, "weight": -1}}
    spared = run(edges, scripts, facts=facts)
    overwritten = run(edges, scripts, facts=facts, semantics=Semantics(skip_spares_finished=False))
    assert (spared.states["early"], overwritten.states["early"]) == ("success", "skipped")
    assert "early" in spared.engine.races.found
    assert "early" in overwritten.engine.races.found


def test_a_task_that_runs_although_it_was_ordered_to_be_skipped_counts_once_for_those_below(run: Run) -> None:
    edges = "branch > early > join, branch > x"
    facts = {"early": {"trigger_rule": "always"}, "branch": {"is_skip_mixin": True, "weight": 2}}
    ran = run(edges, {"branch": follow("x", skip=("early",))}, facts=facts)
    assert ran.states == {"branch": "success", "early": "success", "join": "success", "x": "success"}
