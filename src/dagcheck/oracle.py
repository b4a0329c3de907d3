"""The engine `airflow`: `dag.test()` told as a result of dagcheck."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dagcheck import given
from dagcheck.rundate import RunDate
from dagcheck.running.result import Run, Try
from dagcheck.running.rules import FINISHED, SUCCESS
from dagcheck.simulation import plan_of


def run_with_airflow(
    dag: Any,
    date: RunDate,
    conf: Mapping[str, Any],
    variables: dict[str, str],
    connections: dict[str, str],
    after: Sequence[tuple[Any, RunDate]] = (),
) -> Run:
    """Run the installed Airflow's own `dag.test()`; times are as if it began at the date's `run_after`.

    `after` are other DAGs that it runs first.
    """
    from dagcheck._airflow.dag_test import run_dag_test
    from dagcheck._airflow.dag_test_template import template

    tables = {"variables": given.table("variable", variables), "connections": given.table("connection", connections)}
    found = run_dag_test(dag, date, template=template(), conf=conf, after=after, **tables)
    tries: dict[str, list[Try]] = {}
    errors = {}
    for one in found.tries:
        key = _key(one.task_id, one.map_index)
        told: dict[str, Any] = {"number": one.try_number, "state": one.state or "", "error": one.error}
        tries.setdefault(key, []).append(Try(**told, start=date.run_after + one.start, end=date.run_after + one.end))
        errors[key] = one.error
    return Run(
        dag_id=dag.dag_id,
        date=date,
        run_state=found.state,
        reason=_reason(found.state, found.states.values()),
        states={_key(*instance): state for instance, state in found.states.items()},
        graph=plan_of(dag).graph,
        order=tuple(_key(one.task_id, one.map_index) for one in found.tries),
        tries={key: tuple(each) for key, each in tries.items()},
        errors={key: error for key, error in errors.items() if error is not None},
        xcoms={_key(*instance): values for instance, values in found.xcoms.items()},
    )


def _reason(state: str, of_tasks: Iterable[str | None]) -> str:
    if state == SUCCESS:
        return SUCCESS
    return "task_failure" if FINISHED.issuperset(of_tasks) else "all_tasks_deadlocked"


def _key(task_id: str, map_index: int) -> str:
    return task_id if map_index < 0 else f"{task_id}[{map_index}]"
