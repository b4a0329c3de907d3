"""Runs that go the same way share what came of them: most dates of a sweep take a path that an earlier one took.

What the engine does follows from how the attempts end that are really executed. The memo is a tree of those attempts:
a run walks down it, executing one after the other, until it reaches what came of an earlier run, or leaves the tree and
is run by the engine. Only runs without a failure, a retry or any waiting are kept: their times are all the same.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from dagcheck.rundate import RunDate
from dagcheck.running.attempt import UNMAPPED, Attempt, CallbackCall, Ending, Runner, RunView
from dagcheck.running.collecting import collect
from dagcheck.running.engine import Engine
from dagcheck.running.plan import Plan
from dagcheck.running.result import Run, Try


class Simulating(Runner, Protocol):
    """A runner of which the memo knows what depends on the date."""

    xcoms: dict[str, dict[str, Any]]
    assumed: dict[str, str]

    def stands_in(self, task_id: str, map_index: int) -> bool:
        """Tell whether an attempt succeeds without executing anything and without leaving a value of its own."""


@dataclass(slots=True)
class _Step:
    """One attempt that has to be executed, what its runner can see then, and where each ending leads."""

    task_id: str
    map_index: int
    view: RunView
    leads_to: dict[Hashable, _Step | Run] = field(default_factory=dict)


class Memo:
    """The tree of one plan under one set of outcomes."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._first: dict[Hashable, _Step | Run] = {}

    def run(self, runner: Simulating, date: RunDate) -> Run:
        """Return what a run at this date comes to; `runner` is a new one."""
        reached = self._first.get(None)
        endings: deque[Ending] = deque()
        while isinstance(reached, _Step):
            runner.begin(reached.view)
            ending = runner.run(_attempt(reached, date))
            endings.append(ending)
            reached = reached.leads_to.get(_signature(ending))
        if reached is not None:
            return _dated(reached, date, runner)
        return self._run(runner, date, endings)

    def _run(self, runner: Simulating, date: RunDate, endings: deque[Ending]) -> Run:
        recorder = _Recorder(runner, endings)
        engine = Engine(self._plan, recorder, date.run_after, date.logical_date)
        engine.run()
        run = collect(engine, date, xcoms=runner.xcoms, assumed=runner.assumed)
        if not run.errors and all(len(tries) == 1 for tries in run.tries.values()):
            self._keep(recorder.path, _dated(run, date, runner))  # the caller may do with his what he likes
        return run

    def _keep(self, path: list[tuple[_Step, Hashable]], run: Run) -> None:
        place, key = self._first, None
        for step, signature in path:
            known = place.setdefault(key, step)
            if not isinstance(known, _Step):
                return
            place, key = known.leads_to, signature
        place[key] = run


class _Recorder:
    """Between engine and runner: repeats the endings that are known already, notes what must be executed each time."""

    def __init__(self, runner: Simulating, endings: deque[Ending]) -> None:
        self.path: list[tuple[_Step, Hashable]] = []
        self._runner = runner
        self._endings = endings
        self._view: RunView

    def begin(self, view: RunView) -> None:
        self._view = view
        self._runner.begin(view)

    def run(self, attempt: Attempt) -> Ending:
        if self._runner.stands_in(attempt.task_id, attempt.map_index):
            return self._runner.run(attempt)
        seen = _Frozen(self._view)
        ending = self._endings.popleft() if self._endings else self._runner.run(attempt)
        self.path.append((_Step(attempt.task_id, attempt.map_index, seen), _signature(ending)))
        return ending

    def finish(self, state: str, reason: str) -> tuple[CallbackCall, ...]:
        return self._runner.finish(state, reason)


class _Frozen:
    """A view as it was; lengths and relations of mapped instances stay as the run goes on."""

    def __init__(self, view: RunView) -> None:
        self._states: Mapping[tuple[str, int], str | None] = view.states()
        self._indexes: dict[str, list[int]] = {}
        for task_id, map_index in self._states:
            self._indexes.setdefault(task_id, []).append(map_index)
        self._view = view

    def states(self) -> Mapping[tuple[str, int], str | None]:
        return self._states

    def state(self, task_id: str, map_index: int = UNMAPPED) -> str | None:
        return self._states.get((task_id, map_index))

    def map_indexes(self, task_id: str) -> tuple[int, ...]:
        return tuple(self._indexes[task_id])

    def try_number(self, task_id: str, map_index: int = UNMAPPED) -> int:
        return int(self.state(task_id, map_index) is not None)

    def output_length(self, task_id: str) -> int | None:
        return self._view.output_length(task_id)

    def upstream_map_indexes(self, task_id: str, map_index: int, upstream_id: str) -> int | range | None:
        return self._view.upstream_map_indexes(task_id, map_index, upstream_id)


def _attempt(step: _Step, date: RunDate) -> Attempt:
    start = date.run_after
    return Attempt(task_id=step.task_id, map_index=step.map_index, start=start, first_start=start)


def _signature(ending: Ending) -> Hashable:
    """All that the engine does follows from these; errors, times and waiting are kept out of the memo."""
    return ending.state, ending.skip_orders, ending.choice, ending.has_output, ending.length


def _dated(run: Run, date: RunDate, runner: Simulating) -> Run:
    """Return an earlier run as one of another date, with values of its own."""
    start = date.run_after
    ended = {one.state for (one,) in run.tries.values()}  # only runs of one try for each task are kept
    tried = {state: (Try(number=1, start=start, end=start, state=state),) for state in ended}
    return dataclasses.replace(
        run,
        date=date,
        states=dict(run.states),
        tries={key: tried[one.state] for key, (one,) in run.tries.items()},
        choices=dict(run.choices),
        skipped_by=dict(run.skipped_by),
        races=dict(run.races),
        xcoms=runner.xcoms,
        assumed=dict(run.assumed),
    )
