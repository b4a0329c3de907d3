"""Runs of other DAGs that a TriggerDagRunOperator of 2.x asks for: noted, not run, and taken as successful.

3.x sends its supervisor a message instead (`task_messages`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from dagcheck._airflow.dag_runs import unsaved
from dagcheck._airflow.patching import replaced
from dagcheck._airflow.tries import Desk
from dagcheck.running.effects import TriggeredRun

_HOMES = ("airflow.operators.trigger_dagrun", "airflow.providers.standard.operators.trigger_dagrun")


@contextmanager
def seams(desk: Desk) -> Iterator[None]:
    """Replace `trigger_dag` where operators that are in use have it from (api/common/trigger_dag.py)."""
    with ExitStack() as stack:
        for module in filter(None, map(sys.modules.get, _HOMES)):
            stack.enter_context(replaced(module, trigger_dag=_noting(desk)))
        yield


def _noting(desk: Desk) -> Callable[..., Any]:
    def trigger_dag(dag_id: str, run_id: str, conf: Any = None, **dates: Any) -> Any:
        from airflow.models.dagrun import DagRun
        from airflow.utils.state import DagRunState

        record = desk.record
        record.effects.append(TriggeredRun(task=record.instance, dag_id=dag_id, run_id=run_id, conf=conf or {}))
        date = dates.get("execution_date") or dates.get("logical_date")
        made = unsaved(DagRun, dag_id=dag_id, run_id=run_id, execution_date=date, conf=conf, _state=DagRunState.SUCCESS)
        made.__dict__["refresh_from_db"] = _up_to_date
        return made

    return trigger_dag


def _up_to_date(session: Any = None) -> None:
    """There is nothing to look up."""
