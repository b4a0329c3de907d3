"""Simulate a run: only what decides control flow is executed, everything else is taken to succeed.

A branch that needs a value nobody gave (the XCom of a task that was not executed) cannot be decided: UndecidedError
names the outcome that would decide it. A task that others map over is taken to return one element, unless told.
"""

from __future__ import annotations

import functools
import itertools
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from dagcheck import given
from dagcheck._airflow import control_flow, stores
from dagcheck._airflow.contexts import Contexts
from dagcheck._airflow.dag_runs import DagRuns
from dagcheck._airflow.graphs import compile_graph
from dagcheck._airflow.semantics import semantics
from dagcheck._airflow.xcom_messages import GivenSequences
from dagcheck.dates import Moment, RunDate, run_date
from dagcheck.running.memo import Memo
from dagcheck.running.outcomes import Outcome, Outcomes
from dagcheck.running.plan import Plan
from dagcheck.running.result import Run
from dagcheck.simulating import Simulated
from dagcheck.tables import Access

Heard = Callable[[str, Access], None]
_NOTHING: Mapping[str, Any] = {}
_BATCH = 200
_one_at_a_time = threading.RLock()  # Airflow's own current context and stores are the process's


def simulate(  # noqa: PLR0913 -- what a run can be told
    dag: Any,
    when: Moment | RunDate,
    *,
    outcomes: Mapping[str, Outcome] = _NOTHING,
    params: Mapping[str, Any] = _NOTHING,
    conf: Mapping[str, Any] = _NOTHING,
    variables: Mapping[str, Any] = _NOTHING,
    connections: Mapping[str, Any] = _NOTHING,
) -> Run:
    """Return what a run at `when` would come to, with its branches really taken.

    `outcomes` by task id, or by `task[0]` for one instance. `params` go over the DAG's own, `conf` is that of the run;
    `variables` and `connections` come before what is there already. Raises UsageError for a date that the schedule
    does not have and for outcomes that do not fit, UndecidedError (a UsageError) where a branch needs what only an
    execution would tell. For many dates make one `Simulator`.
    """
    if not (outcomes or params or conf or variables or connections):
        return _known(dag).simulator.run(when)
    return Simulator(
        dag, outcomes=outcomes, params=params, conf=conf, variables=variables, connections=connections
    ).run(when)


class Simulator:
    """Simulates any number of runs of one DAG under the same outcomes; the DAG must not change meanwhile."""

    def __init__(  # noqa: PLR0913 -- what a run can be told
        self,
        dag: Any,
        *,
        outcomes: Mapping[str, Outcome] = _NOTHING,
        params: Mapping[str, Any] = _NOTHING,
        conf: Mapping[str, Any] = _NOTHING,
        variables: Mapping[str, Any] = _NOTHING,
        connections: Mapping[str, Any] = _NOTHING,
        heard: Heard | None = None,
    ) -> None:
        """Compile the DAG, unless it was compiled before; check what is given.

        `heard(task_id, access)` is told of each Variable and Connection that a task looks up.
        """
        given.refuse_unknown_params(dag, params)
        self.plan = plan_of(dag)
        self._dag = dag
        self._memo = Memo(self.plan)
        self._outcomes = Outcomes(outcomes, self.plan.graph)
        self._contexts = Contexts(dag, {**conf, **params})
        self._runs = DagRuns(dag, {**conf, **params})
        self._texts = given.texts(variables, connections)
        self._heard = heard
        self._runner: Simulated

    def run(self, when: Moment | RunDate) -> Run:
        """Return what one run would come to; see `simulate`."""
        return self._batch([when])[0]

    def runs(self, dates: Iterable[Moment | RunDate]) -> Iterator[Run]:
        """Yield what each run would come to, some dates ahead: the seams are open only while runs are made."""
        waiting = iter(dates)
        while batch := list(itertools.islice(waiting, _BATCH)):
            yield from self._batch(batch)

    def _batch(self, dates: list[Moment | RunDate]) -> list[Run]:
        variables, connections = self._texts
        listener = given.unheard if self._heard is None else self._hear
        tables = given.table("variable", variables, listener), given.table("connection", connections, listener)
        sequences = GivenSequences(self._left_by_instances)
        answering = stores.answering(stores.Stores(*tables, messages=sequences, hint=_how_to_give))
        with _one_at_a_time, answering, control_flow.seams(self._output_length):
            return [self._one(run_date(self._dag, when)) for when in dates]

    def _one(self, date: RunDate) -> Run:
        runner = Simulated(self._dag, self.plan, self._outcomes, self._contexts, lambda: self._runs.at(date))
        self._runner = runner
        return self._memo.run(runner, date)

    def _output_length(self, task_id: str) -> int | None:
        return self._runner.output_length(task_id)

    def _left_by_instances(self, task_id: str, key: str) -> list[Any]:
        return self._runner.left_by_instances(task_id, key)

    def _hear(self, access: Access) -> None:
        if self._heard is not None:
            self._heard(self._runner.at, access)


def _how_to_give(kind: str, key: str) -> str:
    return f"the simulation has no {kind} {key!r}: give it with {kind}s={{...}}"


class _Known:
    """What is kept of a DAG while it lives, as long as it has as many tasks and edges."""

    def __init__(self, dag: Any, size: int) -> None:
        self.dag = weakref.ref(dag, functools.partial(_forget, id(dag)))
        self.size = size
        self.plan = Plan(compile_graph(dag), semantics())
        self._simulator: Simulator | None = None

    @property
    def simulator(self) -> Simulator:
        """The one for runs about which nothing is said; it knows the ways that earlier ones went."""
        if self._simulator is None:
            self._simulator = Simulator(self.dag())
        return self._simulator


_all_known: dict[int, _Known] = {}


def plan_of(dag: Any) -> Plan:
    """Return the compiled DAG; compiled anew when it has gained tasks or edges since."""
    return _known(dag).plan


def _known(dag: Any) -> _Known:
    size = len(dag.task_dict) + sum(len(task.upstream_task_ids) for task in dag.task_dict.values())
    known = _all_known.get(id(dag))
    if known is None or known.dag() is not dag or known.size != size:
        known = _all_known[id(dag)] = _Known(dag, size)
    return known


def _forget(key: int, _gone: weakref.ref[Any]) -> None:
    _all_known.pop(key, None)
