"""A run that is taken from the memo is the same as one that the engine runs."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.rundate import RunDate
from dagcheck.running.attempt import Attempt, CallbackCall, Ending, RunView, SkipOrder
from dagcheck.running.collecting import collect
from dagcheck.running.engine import Engine
from dagcheck.running.graph import Graph, Retries, Task
from dagcheck.running.memo import Memo
from dagcheck.running.plan import Plan
from dagcheck.running.result import Run
from dagcheck.running.semantics import Semantics

EPOCH = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
GRAPH = Graph(
    dag_id="dag",
    tasks=(
        Task(task_id="first", downstream=("x", "y"), is_skip_mixin=True, decides=True),
        Task(task_id="x", upstream=("first",), downstream=("second",)),
        Task(task_id="y", upstream=("first",), downstream=("second",), trigger_rule="one_success"),
        Task(
            task_id="second", upstream=("x", "y"), downstream=("u", "v"), trigger_rule="one_success",
            is_skip_mixin=True, decides=True, retries=Retries(count=1),
        ),
        Task(task_id="u", upstream=("second",)),
        Task(task_id="v", upstream=("second",)),
    ),
)  # fmt: skip
PLAN = Plan(GRAPH, Semantics())


class Deciding:
    """Each branch follows what the date says; `executed` counts them."""

    def __init__(self, date: RunDate, choices: dict[str, tuple[str, ...] | None]) -> None:
        self.xcoms: dict[str, dict[str, Any]] = {}
        self.assumed: dict[str, str] = {}
        self.executed: list[tuple[str, str | None]] = []
        self._date = date
        self._choices = choices
        self._view: RunView

    def begin(self, view: RunView) -> None:
        self._view = view

    def stands_in(self, task_id: str, map_index: int) -> bool:
        del map_index
        return task_id not in self._choices

    def run(self, attempt: Attempt) -> Ending:
        if attempt.task_id not in self._choices:
            return Ending(state="success")
        self.executed.append((attempt.task_id, self._view.state("x")))
        followed = self._choices[attempt.task_id]
        if followed is None:
            return Ending(state="failed")
        self.xcoms[attempt.task_id] = {"return_value": str(self._date)}
        children = GRAPH.tasks[PLAN.positions[attempt.task_id]].downstream
        now = tuple((one, -1) for one in children if one not in followed)
        return Ending(state="success", skip_orders=(SkipOrder(now=now, followed=followed),), choice=followed)

    def finish(self, _state: str, _reason: str) -> tuple[CallbackCall, ...]:
        return ()


def date_of(day: int) -> RunDate:
    moment = EPOCH + datetime.timedelta(days=day)
    return RunDate(logical_date=moment, data_interval=(moment, moment), run_after=moment)


def by_engine(runner: Deciding, date: RunDate) -> Run:
    engine = Engine(PLAN, runner, date.run_after, date.logical_date)
    engine.run()
    return collect(engine, date, xcoms=runner.xcoms, assumed=runner.assumed)


some = st.sampled_from([("x",), ("y",), ("x", "y"), ()])
other = st.sampled_from([("u",), ("v",), (), None])


@given(choices=st.lists(st.tuples(some, other), min_size=1, max_size=12))
def test_whatever_went_before_a_run_comes_to_the_same(choices: list[tuple[Any, Any]]) -> None:
    memo = Memo(PLAN)
    for day, (first, second) in enumerate(choices):
        told = {"first": first, "second": second}
        date, with_memo, without = date_of(day), Deciding(date_of(day), told), Deciding(date_of(day), told)
        assert memo.run(with_memo, date) == by_engine(without, date)
        assert with_memo.executed == without.executed


def test_nothing_is_executed_twice_in_one_run() -> None:
    memo = Memo(PLAN)
    memo.run(Deciding(date_of(0), {"first": ("x",), "second": ("u",)}), date_of(0))
    runner = Deciding(date_of(1), {"first": ("x",), "second": ("v",)})
    run = memo.run(runner, date_of(1))
    assert [task_id for task_id, _ in runner.executed] == ["first", "second"]
    assert run.states["v"] == "success"


@pytest.mark.parametrize("change", [lambda run: run.states, lambda run: run.choices, lambda run: run.skipped_by])
def test_what_a_test_does_to_one_result_does_not_reach_another(change: Callable[[Run], dict[str, Any]]) -> None:
    memo = Memo(PLAN)
    told: dict[str, tuple[str, ...] | None] = {"first": ("x",), "second": ("u",)}
    runs = [memo.run(Deciding(date_of(day), told), date_of(day)) for day in (0, 1)]
    change(runs[1]).clear()
    change(runs[0]).clear()
    assert change(memo.run(Deciding(date_of(2), told), date_of(2)))
