"""Simulate a run: only what decides control flow is executed, everything else is taken to succeed.

A branch that needs a value nobody gave (the XCom of a task that was not executed) cannot be decided: UndecidedError
names the outcome that would decide it. A task that others map over is taken to return one element, unless told.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Mapping
from typing import Any

from dagcheck._airflow import control_flow
from dagcheck._airflow.contexts import Contexts
from dagcheck._airflow.dag_runs import DagRuns
from dagcheck._airflow.graphs import compile_graph
from dagcheck._airflow.semantics import semantics
from dagcheck.dates import Moment, RunDate, run_date
from dagcheck.running.memo import Memo
from dagcheck.running.outcomes import Outcome, Outcomes
from dagcheck.running.plan import Plan
from dagcheck.running.result import Run
from dagcheck.simulating import Simulated

_NOTHING: Mapping[str, Any] = {}


def simulate(
    dag: Any,
    when: Moment | RunDate,
    *,
    outcomes: Mapping[str, Outcome] = _NOTHING,
    params: Mapping[str, Any] = _NOTHING,
    conf: Mapping[str, Any] = _NOTHING,
) -> Run:
    """Return what a run at `when` would come to, with its branches really taken.

    `outcomes` by task id, or by `task[0]` for one instance. `params` go over the DAG's own, `conf` is that of the run.
    Raises UsageError for a date that the schedule does not have and for outcomes that do not fit, UndecidedError (a
    UsageError) where a branch needs what only an execution would tell. For many dates make one `Simulator`.
    """
    return Simulator(dag, outcomes=outcomes, params=params, conf=conf).run(when)


class Simulator:
    """Simulates any number of runs of one DAG under the same outcomes; the DAG must not change meanwhile."""

    def __init__(
        self,
        dag: Any,
        *,
        outcomes: Mapping[str, Outcome] = _NOTHING,
        params: Mapping[str, Any] = _NOTHING,
        conf: Mapping[str, Any] = _NOTHING,
    ) -> None:
        """Compile the DAG, unless it was compiled before; check the outcomes."""
        self.plan = plan_of(dag)
        self._dag = dag
        self._memo = Memo(self.plan)
        self._outcomes = Outcomes(outcomes, self.plan.graph)
        self._contexts = Contexts(dag, {**conf, **params})
        self._runs = DagRuns(dag, {**conf, **params})

    def run(self, when: Moment | RunDate) -> Run:
        """Return what one run would come to; see `simulate`."""
        date = run_date(self._dag, when)
        runner = Simulated(self._dag, self.plan, self._outcomes, self._contexts, lambda: self._runs.at(date))
        with control_flow.seams(runner.output_length):
            return self._memo.run(runner, date)


_plans: dict[int, tuple[weakref.ref[Any], int, Plan]] = {}


def plan_of(dag: Any) -> Plan:
    """Return the compiled DAG; compiled anew when it has gained tasks or edges since."""
    size = len(dag.task_dict) + sum(len(task.upstream_task_ids) for task in dag.task_dict.values())
    known = _plans.get(id(dag))
    if known is None or known[0]() is not dag or known[1] != size:
        made = Plan(compile_graph(dag), semantics())
        known = _plans[id(dag)] = (weakref.ref(dag, functools.partial(_forget, id(dag))), size, made)
    return known[2]


def _forget(key: int, _gone: weakref.ref[Any]) -> None:
    _plans.pop(key, None)
