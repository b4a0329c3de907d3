"""What came of one run: plain data, kept after the DAG and its runner are gone."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dagcheck.errors import UnknownIdError, UsageError, unknown
from dagcheck.rundate import RunDate
from dagcheck.running import telling
from dagcheck.running.attempt import UNMAPPED, CallbackCall, TaskError
from dagcheck.running.effects import AssetEvent, Effect, TriggeredRun
from dagcheck.running.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One call of a task instance, in virtual time; `state` is what it left behind, e.g. up_for_retry.

    A sensor that reschedules, and a task that defers, end several times within one `number`.
    """

    number: int
    start: datetime.datetime
    end: datetime.datetime
    state: str
    error: TaskError | None = None


class Verdict:
    """A truth with its reason, which `assert run.success` shows when it fails."""

    __slots__ = ("_reason",)

    def __init__(self, reason: str | None) -> None:
        """Take what speaks against it; None if nothing does."""
        self._reason = reason

    def __bool__(self) -> bool:
        """True if nothing speaks against it."""
        return self._reason is None

    def __repr__(self) -> str:
        """Show what speaks against it, in one line, as pytest cuts and escapes anything longer."""
        return "True" if self._reason is None else f"False: {self._reason}"


class RunState(str):
    """The run's state, a plain text; called with a task id it gives that task's state."""

    __slots__ = ("_of_task",)
    _of_task: Callable[[str, int | None], str | None]

    @classmethod
    def of(cls, state: str, of_task: Callable[[str, int | None], str | None]) -> RunState:
        """Return the state of a run that can tell those of its tasks."""
        made = cls(state)
        made._of_task = of_task
        return made

    def __call__(self, task_id: str, map_index: int | None = None) -> str | None:
        """Return a task's state, None if it never got one; of a mapped task the one that all instances share.

        Raises UsageError when they do not, and for an id that the DAG does not have.
        """
        return self._of_task(task_id, map_index)


@dataclass(frozen=True, kw_only=True, repr=False)
class Run:
    """One finished run. Keys are `task`, or `task[0]` for an instance of a mapped task.

    `choices` are the ids that branches returned; `skipped_by` tells for everything that ended without running which
    task, or which rule, decided so; `races` whose state depends on timing, and why; `callbacks` those that fired, in
    order. `assumed` says what a simulation took for granted.
    """

    dag_id: str
    date: RunDate
    run_state: str  # success or failed
    reason: str  # success, task_failure, all_tasks_deadlocked
    states: Mapping[str, str | None]
    graph: Graph
    order: tuple[str, ...] = ()
    tries: Mapping[str, tuple[Try, ...]] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skipped_by: Mapping[str, str] = field(default_factory=dict)
    races: Mapping[str, str] = field(default_factory=dict)
    rendered: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    log: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: Mapping[str, TaskError] = field(default_factory=dict)
    callbacks: tuple[CallbackCall, ...] = ()
    xcoms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by key, then by XCom key
    assumed: Mapping[str, str] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()

    @property
    def asset_events(self) -> tuple[AssetEvent, ...]:
        """The events of assets that tasks emitted."""
        return tuple(one for one in self.effects if isinstance(one, AssetEvent))

    @property
    def triggered(self) -> tuple[TriggeredRun, ...]:
        """The runs of other DAGs that tasks asked for."""
        return tuple(one for one in self.effects if isinstance(one, TriggeredRun))

    @property
    def state(self) -> RunState:
        """`run.state == "failed"` is about the run, `run.state("load") == "success"` about a task."""
        return RunState.of(self.run_state, self._task_state)

    @property
    def success(self) -> Verdict:
        """True if the run succeeded and at least one task did; else it shows why not."""
        return Verdict(telling.complaint(self))

    @property
    def vacuous(self) -> str | None:
        """Why the run proves nothing, if no task in it succeeded."""
        return telling.vacuous(self)

    def explain(self) -> str:
        """Return the graph as text, with states and reasons, and the first error."""
        return telling.explain(self)

    def xcom(self, task_id: str, map_index: int | None = None, *, key: str = "return_value") -> Any:
        """Return what a task pushed, None if it pushed nothing; of a mapped task a list of all instances' values."""
        keys = self._keys(task_id, map_index)
        values = [self.xcoms[one][key] for one in keys if key in self.xcoms.get(one, {})]
        if map_index is None and keys != [task_id]:
            return values
        return values[0] if values else None

    def _task_state(self, task_id: str, map_index: int | None) -> str | None:
        states = {one: self.states[one] for one in self._keys(task_id, map_index)}
        if len(set(states.values())) > 1:
            raise UsageError(f"{task_id!r} is mapped and its instances differ: {states}; say which map_index")
        return next(iter(states.values()))

    def _keys(self, task_id: str, map_index: int | None) -> list[str]:
        if task_id in self.states and map_index in {None, UNMAPPED}:
            return [task_id]
        if task_id not in self.graph.task_ids:
            raise UnknownIdError(unknown(f"task id in {self.dag_id!r}", task_id, self.graph.task_ids))
        instances = [one for one in self.states if one.startswith(f"{task_id}[")]
        wanted = instances if map_index is None else [f"{task_id}[{map_index}]"]
        if not set(wanted) <= set(instances):
            raise UsageError(f"{wanted[0]!r} is none of the instances: {', '.join(instances) or 'it is not mapped'}")
        return wanted

    def __repr__(self) -> str:
        """Show which run it is and how it ended."""
        return f"<Run of {self.dag_id!r} at {self.date}: {self.run_state}>"

    __str__ = explain
