"""What runs of one DAG over its dates have shown: gathered once, judged by `rules`."""

from __future__ import annotations

import datetime
import itertools
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dagcheck._airflow import stores
from dagcheck._airflow.deciders import Decider, deciders
from dagcheck.rundate import RunDate
from dagcheck.running.attempt import TaskError
from dagcheck.running.outcomes import Returns
from dagcheck.running.plan import Plan
from dagcheck.running.result import Run
from dagcheck.simulating import UndecidedError
from dagcheck.simulation import Simulator, plan_of
from dagcheck.sweeping.deadline import Deadline
from dagcheck.tables import Access
from dagcheck.virtual_time import VirtualClock

AT_ONCE = datetime.timedelta()
_EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
_TURNS = 128  # runs in which undecided deciders return one thing after the other
_REFUSED = {  # errors of the sandbox, and what code was about when it met them
    ".refusals.NetworkRefusedError": "it asks the network",
    ".refusals.GiveUpError": "it asks the network",
    ".refusals.ProcessRefusedError": "it starts a process",
    ".refusals.WriteRefusedError": "it writes a file",
    ".metadata_db.MetadataDatabaseRefusedError": "it asks Airflow's metadata DB",
}
_PARAMS = ("ParamValidationError",)


@dataclass(slots=True)
class First:
    """Something that was seen, when first, and on how many dates."""

    date: RunDate
    count: int = 0
    error: TaskError | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """A decider that needs what a simulation cannot know: what, how a test gives it, and when that was seen first."""

    date: RunDate
    needs: str
    given: str


@dataclass(slots=True)
class Seen:
    """What one decider did: its choices, and the children that it ever let run; what it looked up outside."""

    choices: dict[tuple[str, ...], First] = field(default_factory=dict)
    taken: dict[str, First] = field(default_factory=dict)
    errors: dict[str, First] = field(default_factory=dict)
    runs: int = 0
    by_date: dict[RunDate, tuple[str, ...] | None] = field(default_factory=dict)
    first: RunDate | None = None
    lookups: set[str] = field(default_factory=set)


@contextmanager
def a_clock() -> Iterator[VirtualClock]:
    """Let runs be made at the times of their dates, with randomness that is the same each time."""
    state = random.getstate()
    clock = VirtualClock(_EPOCH)
    try:
        with clock.running(frozen=True), stores.answering(stores.Stores()):
            yield clock
    finally:
        random.setstate(state)


class Evidence:
    """Runs over dates, and what they have in common; `runs` is how many there were.

    A decider that turns out to be undecided is made to return one thing after the other that it may return.
    """

    def __init__(
        self, dag: Any, deadline: Deadline, *, by_hand: bool = False, given: Mapping[str, Any] | None = None
    ) -> None:
        """`by_hand`: its runs are given params and a conf that nobody knows. `given` goes to each simulation."""
        self.dag = dag
        self.deadline = deadline
        self.plan: Plan = plan_of(dag)
        self.deciders: dict[str, Decider] = deciders(dag, self.plan.graph.tasks)
        self.seen = {task_id: Seen() for task_id in self.deciders}
        self.undecided: dict[str, Undecided] = {}
        self.lost: set[str] = set()  # undecided, and nothing can be made of them
        self.ran: set[str] = set()
        self.raced: dict[str, tuple[RunDate, str]] = {}
        self.dates: list[RunDate] = []
        self.samples: dict[tuple[Any, ...], RunDate] = {}  # one date for each way that runs have gone
        self.complete = True
        self.doubted: frozenset[str] = frozenset()  # deciders that decided otherwise when a run was repeated
        self._given = dict(given or {})
        self.on_run: Callable[[Run], None] = lambda _run: None
        self.by_hand = by_hand
        self._missing: dict[str, Access] = {}
        self._turn = 0
        self._simulator = self._new_simulator()

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return len(self.dates)

    def gather(self, dates: Iterable[RunDate], clock: VirtualClock, later: datetime.timedelta = AT_ONCE) -> None:
        """Make a run for each date, as long as there is time; `later` than the scheduler would, as a rerun is."""
        random.seed(later.total_seconds())
        for date in dates:
            if self.deadline.over:
                self.complete = False
                return
            if self._turn >= _TURNS and self._is_settled():
                return
            run = self._run(date, clock, date.run_after + later)
            if run is not None:
                self._look_at(run)

    def _is_settled(self) -> bool:
        """Tell whether no date can show anything new: nothing that is executed looks at it."""
        if self._given or not self.deciders.keys() <= self.undecided.keys():
            return False
        return not any(task.has_condition for task in self.plan.graph.tasks)

    def simulator(self, outcomes: Mapping[str, Any]) -> Simulator:
        """Return one with these outcomes besides those that were given."""
        return Simulator(self.dag, **{**self._given, "outcomes": {**self._given.get("outcomes", {}), **outcomes}})

    def turn_of(self, task_id: str) -> Any:
        """Return what an undecided decider is made to return this time; all combinations come in turn."""
        before = list(itertools.takewhile(lambda one: one != task_id, self.undecided))
        slower = math.prod(len(self.deciders[one].returns) or 1 for one in before)
        returns = self.deciders[task_id].returns
        return returns[self._turn // slower % len(returns)]

    def _new_simulator(self) -> Simulator:
        forced = {
            one: _in_turn(self, one)
            for one in self.undecided
            if one not in self.lost and one not in self._given.get("outcomes", {})
        }
        outcomes = {**self._given.get("outcomes", {}), **forced}
        return Simulator(self.dag, **{**self._given, "outcomes": outcomes}, heard=self._hear)

    def _hear(self, task_id: str, access: Access) -> None:
        if access.kind == "xcom" or task_id not in self.seen:
            return
        self.seen[task_id].lookups.add(f"{access.kind} {access.key!r}")
        if not access.found and not stores.knows(access.kind, access.key):
            self._missing[task_id] = access

    def _run(self, date: RunDate, clock: VirtualClock, now: datetime.datetime) -> Run | None:
        """Return the run; a decider that needs something first becomes one that is made to decide."""
        while True:
            clock.restart(now)
            self._missing.clear()
            self._turn += 1
            try:
                run = self._simulator.run(date)
            except UndecidedError as error:
                needs, _, given = error.needs.partition("; say it with ")
                if not self._force(error.task_id, Undecided(date, needs, given)):
                    return None
                continue
            unknown = next(filter(None, (self._needs(task_id, run) for task_id in self.deciders)), None)
            if unknown is None:
                return run
            if not self._force(*unknown):
                return None

    def _force(self, task_id: str, undecided: Undecided) -> bool:
        """Make a decider return what it may from now on; False where that cannot be, or did not help."""
        if task_id in self.undecided or task_id not in self.deciders or not self.deciders[task_id].returns:
            self.undecided.setdefault(task_id, undecided)
            self.lost.add(task_id)
            return False
        self.undecided[task_id] = undecided
        self._simulator = self._new_simulator()
        return True

    def _needs(self, task_id: str, run: Run) -> tuple[str, Undecided] | None:
        """Tell whether a failure of a decider comes from what it could not have here."""
        if task_id in self.undecided:
            return None
        error = next((run.errors[key] for key in _instances(run.errors, task_id)), None)
        if error is None:
            return None
        chain = list(_chain(error))
        refused = next((_REFUSED[name] for one in chain for name in _REFUSED if one.type.endswith(name)), None)
        if refused is not None:
            return task_id, Undecided(run.date, refused, _outcome(task_id))
        missing = self._missing.get(task_id)
        if missing is not None:
            given = f'{missing.kind}s={{"{missing.key}": ...}}'
            return task_id, Undecided(run.date, f"it reads the {missing.kind} {missing.key!r}", given)
        asks = self.deciders[task_id].configured if self.by_hand else frozenset[str]()
        if asks or any(one.type.endswith(_PARAMS) for one in chain):
            what = "params" if "params" in asks or not asks else "conf"
            return task_id, Undecided(run.date, f"it depends on the {what} of the run", f"{what}={{...}}")
        return None

    def _look_at(self, run: Run) -> None:
        self.dates.append(run.date)
        self.on_run(run)
        ran = frozenset(key.partition("[")[0] for key in run.tries if run.states[key] in {"success", "failed"})
        self.ran |= ran
        self.samples.setdefault((*sorted(run.choices.items()), ran), run.date)
        for key, why in run.races.items():
            self.raced.setdefault(key, (run.date, why))
        for task_id in self.deciders:
            if task_id not in self.undecided:
                self._look_at_decider(run, task_id)

    def _look_at_decider(self, run: Run, task_id: str) -> None:
        seen = self.seen[task_id]
        for key in _instances(run.tries, task_id):
            seen.first = seen.first or run.date
            choice = run.choices.get(key)
            if choice is not None:
                _count(seen.choices, choice, run.date)
            if key in run.errors:
                _count(seen.errors, str(run.errors[key]), run.date, run.errors[key])
            elif run.states[key] == "success":
                seen.runs += 1
                for child in taken(run, self.deciders[task_id], key):
                    _count(seen.taken, child, run.date)
                seen.by_date[run.date] = decision(run, self.deciders[task_id])


def taken(run: Run, decider: Decider, key: str) -> Iterator[str]:
    """Yield the children of a decider that it has not ordered to be skipped."""
    for child in decider.children:
        if all(run.skipped_by.get(one) != key for one in _instances(run.states, child)):
            yield child


def decision(run: Run, decider: Decider) -> tuple[str, ...] | None:
    """Return in an order of its own what an unmapped decider chose or let through; None if it did not succeed."""
    if run.states.get(decider.task_id) != "success":
        return None
    choice = run.choices.get(decider.task_id)
    return tuple(sorted(choice if choice is not None else taken(run, decider, decider.task_id)))


def _in_turn(evidence: Evidence, task_id: str) -> Callable[[Any], Returns]:
    return lambda _context: Returns(evidence.turn_of(task_id))


def _outcome(task_id: str) -> str:
    return f'outcomes={{"{task_id}": Returns(...)}}'


def _count(found: dict[Any, First], what: Any, date: RunDate, error: TaskError | None = None) -> None:
    found.setdefault(what, First(date, error=error)).count += 1


def _chain(error: TaskError | None) -> Iterator[TaskError]:
    while error is not None:
        yield error
        error = error.cause


def _instances(keys: Iterable[str], task_id: str) -> list[str]:
    """Return the keys of a task, of a mapped one those of its instances."""
    return [key for key in keys if key == task_id or key.startswith(f"{task_id}[")]
