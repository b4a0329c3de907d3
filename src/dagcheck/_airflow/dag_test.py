"""The engine `airflow`: one run of a DAG object by the installed Airflow's own `dag.test()`.

In this process, whose Airflow must be hermetic, so that tests may give DAGs that they made themselves and hooks that
they mocked. The run sees a metadata DB of its own, and leaves nothing behind: no environment variable, no handler.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagcheck._airflow import stores, versions
from dagcheck._airflow.contexts import params_kept
from dagcheck._airflow.dag_test_database import fresh_database, write_dag
from dagcheck._airflow.dag_test_rows import TaskStates, XComs, states, word, xcoms
from dagcheck._airflow.dag_test_seams import ToldTry, seams
from dagcheck._airflow.in_process_comms import between_tasks
from dagcheck._airflow.settings import NO_DATABASE
from dagcheck._airflow.task_errors import task_error
from dagcheck.errors import ConfigError
from dagcheck.rundate import RunDate
from dagcheck.running.attempt import TaskError
from dagcheck.tables import TextTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One call of a task: also each time that a sensor is rescheduled. `state` is the one that it left.

    `start` and `end` are times since the run's start, waiting included.
    """

    task_id: str
    map_index: int
    try_number: int
    state: str | None
    start: datetime.timedelta
    end: datetime.timedelta
    error: TaskError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DagTestRun:
    """What came of it; `tries` in the order in which they ran."""

    state: str
    states: TaskStates
    xcoms: XComs
    tries: tuple[Try, ...]


def run_dag_test(  # noqa: PLR0913 -- what a run can be told
    dag: Any,
    when: RunDate,
    *,
    template: Path,
    conf: Mapping[str, Any] | None = None,
    variables: TextTable | None = None,
    connections: TextTable | None = None,
    after: Sequence[tuple[Any, RunDate]] = (),
) -> DagTestRun:
    """Run `dag.test()` on a copy of the metadata DB `template`; Variables and Connections are those of the stores.

    The DAGs of `after` are run first, in the same DB: for sensors that wait for them.

    Waiting costs nothing, but for triggers, which run in real time. On 3.0 a sensor that is rescheduled fails: its
    `dag.test()` hands it the first date as text (sdk/execution_time/task_runner.py, `get_first_reschedule_date`).
    Tasks that fail are part of the result. Raises ValueError if Airflow cannot serialise the DAG, StuckError if the
    run waits for something that cannot happen here (a person's answer; a triggerer on 2.7 and 2.8), ConfigError if this
    process's Airflow is not hermetic, and whatever `dag.test()` raises, for instance for parameters that are not valid.
    """
    _refuse_foreign_airflow()
    tries: list[Try] = []
    own = stores.Stores(variables, connections, otherwise=between_tasks, hint=stores.how_to_give)
    with _undone(), fresh_database(template), stores.answering(own):
        for other, date in after:
            _test(other, date, lambda _told: None)
        began = datetime.datetime.now(datetime.timezone.utc)
        dag_run = _test(dag, when, lambda told: tries.append(_try(told, began)), dict(conf) if conf else None)
        return DagTestRun(
            state=word(dag_run.state) or "", states=states(dag, dag_run.run_id), xcoms=xcoms(dag, dag_run.run_id),
            tries=tuple(tries),
        )  # fmt: skip


def _test(dag: Any, when: RunDate, on_try: Callable[[ToldTry], None], conf: dict[str, Any] | None = None) -> Any:
    with params_kept(dag, *dag.task_dict.values()), seams(when, on_try):
        write_dag(dag)
        return dag.test(**_arguments(when), run_conf=conf)


def _refuse_foreign_airflow() -> None:
    """An Airflow with the user's own settings could ask his secrets backend, or write into his logs and buckets."""
    from airflow import settings

    if settings.SQL_ALCHEMY_CONN != NO_DATABASE:
        raise ConfigError(
            "engine 'airflow': Airflow was imported in this process before dagcheck could prepare for it, and has "
            "settings of its own. Set dagcheck_hermetic = true in pytest's own configuration, or call "
            "dagcheck.dagbag.prepare_airflow() before anything imports airflow"
        )


def _arguments(when: RunDate) -> dict[str, Any]:
    import pendulum

    if versions.at_least(3, 0):
        logical_date = when.logical_date and pendulum.instance(when.logical_date)
        return {"run_after": pendulum.instance(when.run_after), "logical_date": logical_date}
    return {"execution_date": pendulum.instance(when.logical_date or when.run_after)}


def _try(told: ToldTry, began: datetime.datetime) -> Try:
    return Try(
        task_id=told.ti.task_id, map_index=told.ti.map_index, try_number=told.number, state=word(told.ti.state),
        start=told.start - began, end=told.end - began,
        error=None if told.error is None else task_error(told.error),
    )  # fmt: skip


@contextlib.contextmanager
def _undone() -> Iterator[None]:
    """Put back what `dag.test()` leaves changed: AIRFLOW_CTX_*, sys.path, log handlers, 2.x's handler of SIGTERM."""
    environment, path = dict(os.environ), list(sys.path)
    logger = logging.getLogger("airflow.task")
    handlers = list(logger.handlers)
    in_main = threading.current_thread() is threading.main_thread()
    on_term = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(environment)
        sys.path[:] = path
        logger.handlers[:] = handlers
        if in_main and on_term is not None:
            signal.signal(signal.SIGTERM, on_term)
