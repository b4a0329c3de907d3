"""Ctrl-C while a task runs ends the run: it is no way for the task to fail, after which the next one would begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

pytestmark = pytest.mark.every_version

_DAGS = """
import os, signal
import pendulum
from airflow import DAG
from airflow.models import BaseOperator

RAN = []

class Step(BaseOperator):
    def execute(self, context):
        RAN.append(self.task_id)
        if self.task_id == "interrupted":
            os.kill(os.getpid(), signal.SIGINT)
            sum(range(10_000))  # the signal is taken between two instructions

with DAG("steps", schedule="@daily", start_date=pendulum.datetime(2024, 1, 1, tz="UTC"), catchup=False) as steps:
    Step(task_id="interrupted", retries=2) >> Step(task_id="later", trigger_rule="all_done")
"""


def _interrupted(dags: str, engine: Any) -> dict[str, Any]:
    import contextlib
    import io
    import signal

    from dagcheck import run_dag

    signal.signal(signal.SIGINT, signal.default_int_handler)
    module: dict[str, Any] = {"__name__": "dags", "__file__": __file__}
    exec(compile(dags, __file__, "exec"), module)  # noqa: S102 -- text of this file
    ended = "with a result"
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            run_dag(module["steps"], "2024-01-01", engine=engine)
        except KeyboardInterrupt:
            ended = "by the interrupt"
    return {"ended": ended, "ran": module["RAN"]}


@pytest.mark.parametrize("engine", ["memory", "airflow"])
def test_an_interrupt_in_a_task_ends_the_run(room: Room, engine: str) -> None:
    assert room(_interrupted, _DAGS, engine) == {"ended": "by the interrupt", "ran": ["interrupted"]}
