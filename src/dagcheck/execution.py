"""Execute a DAG in this process: every operator's own code, a faithful context, no metadata DB."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Literal

from dagcheck.connections import connection_text, variable_text
from dagcheck.dates import Moment, RunDate, run_date
from dagcheck.errors import UnknownIdError, UsageError, unknown
from dagcheck.running.collecting import collect
from dagcheck.running.engine import Engine as Waves
from dagcheck.running.outcomes import Outcome, Outcomes
from dagcheck.running.result import Run
from dagcheck.simulation import plan_of
from dagcheck.tables import TextTable, XComTable

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
) -> Run:
    """Run a DAG, given as an object or by the id that it has in the configured folder, and return what came of it.

    Nothing sleeps: retries, sensors and triggers wait on a virtual clock that begins where the scheduler would start
    the run. `outcomes` by task id, or by `task[0]` for one instance, stand in for single tasks. `params` go over the
    DAG's own and, as in Airflow, into the run's `conf`. `variables` and `connections` (URI, JSON, dict or Connection)
    come before what is there already. Engine "airflow" is `dag.test()` on a metadata DB of its own: slower, and
    without outcomes.

    Raises UsageError (a ValueError) for an unknown id, a date that the schedule does not have, a date without a zone
    where one is needed, outcomes that do not fit and unknown params.
    """
    dag = _live(dag)
    if engine not in ENGINES:
        raise UsageError(unknown("engine", str(engine), ENGINES))
    _refuse_unknown_params(dag, params)
    date, conf = run_date(dag, when), {**conf, **params}
    given = _texts(variables, connections)
    if engine == "airflow":
        if outcomes:
            raise UsageError("outcomes: engine 'airflow' runs every task for real; use engine 'memory'")
        from dagcheck.oracle import run_with_airflow

        return run_with_airflow(dag, date, conf, *given)
    return _in_memory(dag, date, outcomes, conf, given)


def _in_memory(
    dag: Any,
    date: RunDate,
    outcomes: Mapping[str, Outcome],
    conf: Mapping[str, Any],
    given: tuple[dict[str, str], dict[str, str]],
) -> Run:
    from dagcheck._airflow import stores
    from dagcheck._airflow.runner import MemoryRunner

    plan = plan_of(dag)
    outcome_of = Outcomes(outcomes, plan.graph).of
    xcoms = stores.xcoms() or XComTable(_unheard)
    variables, connections = given
    with _one_at_a_time:
        runner = MemoryRunner(dag, date, conf=conf, xcoms=xcoms, outcome_of=outcome_of)
        waves = Waves(plan, runner, date.run_after, date.logical_date)
        with runner.seams(_table("variable", variables), _table("connection", connections)):
            waves.run()
            values = runner.values()
    return collect(waves, date, xcoms=values, effects=tuple(runner.effects))


def _live(dag: Any) -> Any:
    if not isinstance(dag, str):
        return dag
    from dagcheck.dagbag import dag_named

    return dag_named(dag)


def _refuse_unknown_params(dag: Any, params: Mapping[str, Any]) -> None:
    known = {*dag.params, *(name for task in dag.task_dict.values() for name in task.params or ())}
    for name in params:
        if name not in known:
            raise UnknownIdError(unknown(f"param of {dag.dag_id!r}", name, known))


def _texts(variables: Mapping[str, Any], connections: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Turn what was given into what Airflow stores; a wrong Connection raises UsageError, without any of its values."""
    texts = {conn_id: _connection(conn_id, value) for conn_id, value in connections.items()}
    return {key: variable_text(value) for key, value in variables.items()}, texts


def _connection(conn_id: str, value: Any) -> str:
    try:
        return connection_text(conn_id, value)
    except ValueError as error:
        raise UsageError(f"connection {conn_id!r}: {error}") from None


def _table(kind: Literal["variable", "connection"], values: dict[str, str]) -> TextTable | None:
    return TextTable(kind, values, _unheard, environment_last=True) if values else None


def _unheard(_access: object) -> None:
    """Nobody asked for a history."""
