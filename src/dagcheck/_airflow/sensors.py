"""Sensors on a virtual clock: no poke waits, and what a sensor asks about its own past is answered.

Follows the loop of BaseSensorOperator.execute (sensors/base.py on 2.x, sdk/bases/sensor.py on 3.x).
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dagcheck._airflow import versions
from dagcheck._airflow.classes import exceptions
from dagcheck._airflow.patching import replaced
from dagcheck._airflow.tries import Desk
from dagcheck.running.attempt import Attempt
from dagcheck.virtual_time import VirtualClock

if TYPE_CHECKING:
    from typing_extensions import Self


@contextmanager
def seams(desk: Desk) -> Iterator[None]:
    """Let the loop of every sensor use the clock of its try."""
    if versions.at_least(3, 0):
        from airflow.sdk.bases import sensor

        with replaced(sensor, time=_Time(desk)):
            yield
        return
    from airflow.sensors import base

    with replaced(base, time=_Time(desk)), _remembering(base, desk):
        yield


class _Time:
    """What the sensors' module uses of `time`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.time = time.time

    def sleep(self, seconds: float) -> None:
        self._desk.current.clock.jump(seconds)

    def monotonic(self) -> float:
        return self._desk.current.clock.monotonic()


def end_at(timeout: datetime.timedelta, clock: VirtualClock, attempt: Attempt) -> None:
    """Let an execution_timeout end what would sleep past it; Airflow's own counts real time."""
    before = attempt.start - attempt.first_start if attempt.deferral is not None else datetime.timedelta(0)
    allowed = (timeout - before).total_seconds()

    def checked(seconds: float) -> float:
        if clock.passed + seconds > allowed:
            clock.passed = max(allowed, clock.passed)
            raise exceptions().AirflowTaskTimeout("Timeout")
        return seconds

    clock.on_jump = checked


@contextmanager
def _remembering(base: Any, desk: Desk) -> Iterator[None]:
    """Answer when the first rescheduled try began: asked by a function since 2.10, before within `execute`."""
    if versions.at_least(2, 10):
        with replaced(base, _orig_start_date=lambda *_arguments, **_named: desk.current.first_rescheduled):
            yield
    elif versions.at_least(2, 8):
        with replaced(base, create_session=lambda: _Answer(desk.current.first_rescheduled)):
            yield
    else:
        with replaced(base.TaskReschedule, find_for_task_instance=staticmethod(_rows(desk))):
            yield


def _rows(desk: Desk) -> Callable[..., list[_Answer]]:
    def find_for_task_instance(*_arguments: Any, **_named: Any) -> list[_Answer]:
        first = desk.current.first_rescheduled
        return [] if first is None else [_Answer(first)]

    return find_for_task_instance


class _Answer:
    """A session with one answer, or the row with it."""

    def __init__(self, first: datetime.datetime | None) -> None:
        self.start_date = first

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def scalar(self, _statement: Any) -> datetime.datetime | None:
        """Return the date."""
        return self.start_date
