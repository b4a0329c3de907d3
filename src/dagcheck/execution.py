"""Run a DAG in this process, by its id or as an object: every operator's own code, or only what decides."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dagcheck import given, simulation
from dagcheck.dates import Moment, RunDate, run_date
from dagcheck.errors import UsageError, unknown
from dagcheck.running.collecting import collect
from dagcheck.running.engine import Engine as Waves
from dagcheck.running.outcomes import Outcome, Outcomes
from dagcheck.running.result import Run
from dagcheck.tables import XComTable

Engine = Literal["memory", "airflow"]
ENGINES = ("memory", "airflow")
_NOTHING: Mapping[str, Any] = {}
_one_at_a_time = threading.RLock()  # Airflow's own current context and supervisor are the process's


def run_dag(  # noqa: PLR0913 -- what a run can be told
    dag: Any,
    when: Moment | RunDate,
    *,
    outcomes: Mapping[str, Outcome] = _NOTHING,
    params: Mapping[str, Any] = _NOTHING,
    conf: Mapping[str, Any] = _NOTHING,
    variables: Mapping[str, Any] = _NOTHING,
    connections: Mapping[str, Any] = _NOTHING,
    engine: Engine = "memory",
    after: Sequence[Any] = (),
) -> Run:
    """Run a DAG, given as an object or by the id that it has in the configured folder, and return what came of it.

    Nothing sleeps: retries, sensors and triggers wait on a virtual clock that begins where the scheduler would start
    the run. `outcomes` by task id, or by `task[0]` for one instance, stand in for single tasks. `params` go over the
    DAG's own and, as in Airflow, into the run's `conf`. `variables` and `connections` (URI, JSON, dict or Connection)
    come before what is there already. Engine "airflow" is `dag.test()` on a metadata DB of its own: slower, and
    without outcomes. There the DAGs of `after`, as objects or ids, run first, on their date of the same `when`: for
    sensors that wait for them.

    Raises UsageError (a ValueError) for an unknown id, a date that the schedule does not have, a date without a zone
    where one is needed, outcomes that do not fit and unknown params.
    """
    dag = _live(dag)
    if engine not in ENGINES:
        raise UsageError(unknown("engine", str(engine), ENGINES))
    given.refuse_unknown_params(dag, params)
    date, conf = run_date(dag, when), {**conf, **params}
    texts = given.texts(variables, connections)
    if engine == "airflow":
        if outcomes:
            raise UsageError("outcomes: engine 'airflow' runs every task for real; use engine 'memory'")
        from dagcheck.oracle import run_with_airflow

        others = [(one, run_date(one, when)) for one in map(_live, after)]
        return run_with_airflow(dag, date, conf, *texts, after=others)
    if after:
        raise UsageError("after: in memory no DAG leaves anything behind for another one; use engine 'airflow'")
    return _in_memory(dag, date, outcomes, conf, texts)


def simulate(dag: Any, when: Moment | RunDate, **options: Any) -> Run:
    """Run only what decides which tasks run; see `dagcheck.simulation.simulate`. Takes the id of a DAG too."""
    return simulation.simulate(_live(dag), when, **options)


def _in_memory(
    dag: Any,
    date: RunDate,
    outcomes: Mapping[str, Outcome],
    conf: Mapping[str, Any],
    texts: tuple[dict[str, str], dict[str, str]],
) -> Run:
    from dagcheck._airflow import stores
    from dagcheck._airflow.runner import MemoryRunner

    plan = simulation.plan_of(dag)
    outcome_of = Outcomes(outcomes, plan.graph).of
    xcoms = stores.xcoms() or XComTable(given.unheard)
    variables, connections = texts
    with _one_at_a_time:
        runner = MemoryRunner(dag, date, conf=conf, xcoms=xcoms, outcome_of=outcome_of)
        waves = Waves(plan, runner, date.run_after, date.logical_date)
        with runner.seams(given.table("variable", variables), given.table("connection", connections)):
            waves.run()
            values = runner.values()
    return collect(waves, date, xcoms=values, effects=tuple(runner.effects))


def _live(dag: Any) -> Any:
    if not isinstance(dag, str):
        return dag
    from dagcheck.dagbag import dag_named

    return dag_named(dag)
