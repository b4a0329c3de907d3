"""A plugin whose listener counts every task's end and measures its duration.

A listener is found by the names of its functions, those of Airflow's own specification: `on_task_success` on the
plugin's class would never be called. Each takes only those arguments that all versions hand over.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

from common.statsd import emit

_begun: dict[tuple[Any, ...], float] = {}  # a worker's process has one task, `dag.test()` one after the other


@hookimpl
def on_task_instance_running(task_instance: Any) -> None:
    """Note when it begins; the task instance's own dates are not there yet on every version."""
    _begun[_key(task_instance)] = time.monotonic()


@hookimpl
def on_task_instance_success(task_instance: Any) -> None:
    """Count a success and tell how long it took."""
    _ended(task_instance, "success")


@hookimpl
def on_task_instance_failed(task_instance: Any) -> None:
    """Count a failed try and tell how long it took."""
    _ended(task_instance, "failure")


def _ended(task_instance: Any, how: str) -> None:
    name = f"{task_instance.dag_id}.{task_instance.task_id}"
    emit(f"task_{how}.{name}", 1, "c")
    begun = _begun.pop(_key(task_instance), None)
    if begun is not None:
        emit(f"task_duration.{name}", (time.monotonic() - begun) * 1_000, "ms")


def _key(task_instance: Any) -> tuple[Any, ...]:
    return task_instance.dag_id, task_instance.run_id, task_instance.task_id, task_instance.map_index


class TaskMetricsPlugin(AirflowPlugin):
    """What Airflow looks for in the plugins folder."""

    name = "task_metrics"
    listeners = [sys.modules[__name__]]  # noqa: RUF012 - as Airflow declares it
