"""A clock that jumps over what `dag.test()` waits for: retry delays, reschedules, the sleeping of sensors.

`dag.test()` looks every second whether a task may run again (2.7 and 2.8 look without a pause). Here the process's
clock is moved to that moment instead, so that the times of the tries are those of a real run.
"""

from __future__ import annotations

import datetime
import functools
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from dagcheck._airflow import versions

_LOOPS = frozenset({"airflow.models.dag", "airflow.sdk.definitions.dag"})
_MOST_IDLE_PASSES = 20  # Airflow may need some to see a deadlock
_PAST_IT = datetime.timedelta(milliseconds=1)


class StuckError(RuntimeError):
    """The run waits for something that will not happen in this process; the text names the tasks and their states."""


class Clock:
    """To be entered around `dag.test()`."""

    def __init__(self) -> None:
        self._travel: Any = None
        self._seen: object = None
        self._idle = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let loops and sensors pass time on this clock; afterwards the process's clock is right again."""
        with ExitStack() as stack:
            stack.callback(self._stop)
            stack.enter_context(patch("time.sleep", functools.partial(_sleep_outside_loops, time.sleep)))
            # not `time.monotonic` itself: time-machine crashes the process when it finds that replaced
            sensors_time = SimpleNamespace(**{**vars(time), "sleep": self._pass, "monotonic": time.time})
            stack.enter_context(patch.object(_sensors(), "time", sensors_time))
            yield

    def _stop(self) -> None:
        if self._travel is not None:
            self._travel.stop()

    def _pass(self, seconds: float, /) -> None:
        self._move(datetime.timedelta(seconds=seconds))

    def watch(self, update_state: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap `DagRun.update_state`: when nothing has changed since the last pass, go to the next thing due."""

        def watched(dag_run: Any, *args: Any, **kwargs: Any) -> Any:
            schedulable, callback = update_state(dag_run, *args, **kwargs)
            tis = dag_run.get_task_instances(session=kwargs["session"])
            seen = [(ti.task_id, ti.map_index, ti.state) for ti in tis]
            if schedulable or seen != self._seen:
                self._idle = 0
            elif dag_run.state == "running":
                self._wait(tis, dag_run.get_dag())
            self._seen = seen
            return schedulable, callback

        return watched

    def _wait(self, tis: list[Any], dag: Any) -> None:
        due = min(filter(None, (_due(ti, dag) for ti in tis)), default=None)
        now = datetime.datetime.now(datetime.timezone.utc)
        if due is not None and due + _PAST_IT > now:
            self._move(due + _PAST_IT - now)
            return
        self._idle += 1
        if self._idle > _MOST_IDLE_PASSES:
            raise StuckError(f"dag.test() makes no progress: {', '.join(_unfinished(tis))}")

    def _move(self, by: datetime.timedelta) -> None:
        import time_machine  # late: few runs wait for anything

        now = datetime.datetime.now(datetime.timezone.utc)
        if self._travel is None:
            self._travel = time_machine.travel(now + by, tick=True)
            self._traveller = self._travel.start()
        else:
            self._traveller.move_to(now + by)


def _sleep_outside_loops(sleep: Callable[[float], None], seconds: float, /) -> None:
    """The loop of `dag.test()` has nothing to wait for: `Clock.watch` has moved the clock."""
    if sys._getframe(1).f_globals.get("__name__") not in _LOOPS:
        sleep(seconds)


def _sensors() -> Any:
    if versions.at_least(3, 0):
        from airflow.sdk.bases import sensor

        return sensor
    from airflow.sensors import base

    return base


def _due(ti: Any, dag: Any) -> datetime.datetime | None:
    if ti.state == "up_for_retry":
        ti.task = dag.get_task(ti.task_id)
        due: datetime.datetime = ti.next_retry_datetime()
        return due
    if ti.state == "up_for_reschedule":
        return _rescheduled_to(ti)
    return None


def _rescheduled_to(ti: Any) -> datetime.datetime | None:
    from airflow.models.taskreschedule import TaskReschedule
    from airflow.utils.session import create_session

    if versions.at_least(3, 0):
        which = {"ti_id": ti.id}
    else:
        which = {"dag_id": ti.dag_id, "run_id": ti.run_id, "task_id": ti.task_id, "map_index": ti.map_index}
    with create_session() as session:
        return max((row.reschedule_date for row in session.query(TaskReschedule).filter_by(**which)), default=None)


def _unfinished(tis: list[Any]) -> Iterator[str]:
    from airflow.utils.state import State

    for ti in tis:
        if ti.state not in State.finished:
            index = f"[{ti.map_index}]" if ti.map_index >= 0 else ""
            yield f"{ti.task_id}{index} is {ti.state or 'waiting'}"
