"""What is changed about `dag.test()` while it runs: where a run's date and its tries pass, and what only costs time.

None of it changes what Airflow decides, but for one: before 2.10 `dag.test()` never counts a try and retries for ever.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from dagcheck._airflow import versions
from dagcheck._airflow.dag_test_clock import Clock
from dagcheck.rundate import RunDate


@dataclass(frozen=True, slots=True)
class ToldTry:
    """A try that has ended; `ti` is Airflow's own task instance, `error` what the task raised."""

    ti: Any
    number: int
    start: datetime.datetime
    end: datetime.datetime
    error: BaseException | None


OnTry = Callable[[ToldTry], None]


@contextlib.contextmanager
def seams(when: RunDate, on_try: OnTry) -> Iterator[None]:
    """Let the next `dag.test()` make the run that `when` says, and tell each try."""
    from airflow.models.dagrun import DagRun

    with contextlib.ExitStack() as stack:
        clock = Clock()
        stack.enter_context(clock.running())
        stack.enter_context(patch.object(DagRun, "update_state", clock.watch(DagRun.update_state)))
        stack.enter_context(_dated(when))
        stack.enter_context(_told(on_try))
        if versions.at_least(3, 0):
            stack.enter_context(patch("airflow.sdk.execution_time.supervisor.in_process_api_server", _server))
        yield


def _dated(when: RunDate) -> Any:
    """Replace what makes the run.

    `dag.test()` infers the data interval as for a manual run: on 2.x with @daily that of the day before (models/dag.py
    of 2.11, `test`).
    """
    if versions.at_least(3, 1):
        return patch("airflow.models.dagrun.get_or_create_dagrun", functools.partial(_create, when))
    return patch("airflow.models.dag._get_or_create_dagrun", functools.partial(_create, when))


def _create(when: RunDate, *, dag: Any, session: Any, **given: Any) -> Any:
    from airflow.models.dagrun import DagRun
    from airflow.timetables.base import DataInterval
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunType

    run_type = DagRunType(when.run_type if versions.at_least(3, 0) else _OF_2.get(when.run_type, when.run_type))
    given["data_interval"] = DataInterval(*when.data_interval) if when.data_interval else None
    if versions.at_least(3, 0):
        given["run_id"] = DagRun.generate_run_id(
            run_type=run_type, logical_date=given["logical_date"], run_after=given["run_after"]
        )
    else:
        given["run_id"] = DagRun.generate_run_id(run_type, given["execution_date"])
    dag_run = dag.create_dagrun(run_type=run_type, state=DagRunState.RUNNING, session=session, **given)
    session.commit()
    return dag_run


_OF_2 = {"asset_triggered": "dataset_triggered"}


def _told(on_try: OnTry) -> Any:
    """Wrap `_run_task`, through which every try goes."""
    if versions.at_least(3, 0):
        from airflow.sdk.definitions import dag as module
    else:
        from airflow.models import dag as module
    return patch.object(module, "_run_task", _telling(module._run_task, on_try))  # noqa: SLF001 -- no public way


def _telling(run_task: Callable[..., Any], on_try: OnTry) -> Callable[..., Any]:
    """On 3.x `_run_task` returns what a task raised, on 2.x it lets it through; `dag.test()` goes on either way."""

    def run(*args: Any, **kwargs: Any) -> Any:
        ti = kwargs["ti"] if "ti" in kwargs else args[0]
        number = ti.try_number if versions.at_least(2, 10) else _count(ti, kwargs["session"])
        start = _now()
        try:
            result = run_task(*args, **kwargs)
        except Exception as error:
            on_try(ToldTry(ti, number, start, _now(), error))
            raise
        failure = getattr(result, "error", None)
        if isinstance(failure, KeyboardInterrupt):
            raise failure  # to the task runner of 3.x Ctrl-C is one more way to fail
        on_try(ToldTry(ti, number, start, _now(), failure))
        return result

    return run


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def _count(ti: Any, session: Any) -> int:
    """Do what `dag.test()` of 2.7 to 2.9 leaves out, and return the number of the try.

    See `check_and_change_state_before_execution` in models/taskinstance.py.
    """
    from airflow.utils import timezone
    from airflow.utils.state import TaskInstanceState

    ti.start_date = timezone.utcnow()
    ti._try_number += 1  # noqa: SLF001 -- the property has other meanings in other states
    ti.state = TaskInstanceState.RUNNING
    session.merge(ti)
    session.commit()
    return int(ti._try_number)  # noqa: SLF001 -- as above


def _server() -> Any:
    """3.0 to 3.2 build the whole execution API anew for each task (sdk/execution_time/supervisor.py); 3.3 does not."""
    return _server_of(os.getpid())


@functools.lru_cache(maxsize=1)
def _server_of(_pid: int) -> Any:
    """One per process: its event loop's thread does not survive a fork."""
    from airflow.api_fastapi.execution_api.app import InProcessExecutionAPI

    return InProcessExecutionAPI()
