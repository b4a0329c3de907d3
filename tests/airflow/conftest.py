"""Fixtures that run code where Airflow is imported, never in the process of pytest itself."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


class Room:
    """Calls functions in forks of a process that has Airflow imported."""

    def __init__(self, home: Path, warm: str) -> None:
        # without what dagcheck gave this process
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SCARF"))}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("room.py")), str(home), warm],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return what a module-level function of a test module returns, as JSON brings it over."""
        return self._ask(inspect.getfile(function), function.__name__, *arguments)

    def describe(self, path: Path, root: Path | None = None) -> dict[str, Any]:
        """See `room.describe`."""
        answer: dict[str, Any] = self._ask(None, "describe", str(path), str(root or path.parent))
        return answer

    def dag(self, path: Path) -> dict[str, Any]:
        """Return the spec of the only DAG of a file."""
        (spec,) = self.describe(path)["dags"]
        answer: dict[str, Any] = spec
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _ask(self, module: str | None, function: str, *arguments: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"module": module, "function": function, "arguments": arguments}
        print(json.dumps(request), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["result"]


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room in which `warm_up` has run, as in the probe."""
    made = Room(tmp_path_factory.mktemp("home"), "warm")
    yield made
    made.close()


@pytest.fixture(scope="session")
def cold_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room in which Airflow alone is imported."""
    made = Room(tmp_path_factory.mktemp("home"), "cold")
    yield made
    made.close()


@pytest.fixture
def dag_file(tmp_path: Path) -> Callable[[str], Path]:
    """Write a DAG file whose first line imports the names below; the text given starts on line 2."""
    (tmp_path / "common.py").write_text(_COMMON)

    def write(text: str) -> Path:
        path = tmp_path / "etl.py"
        path.write_text("from common import *  # airflow\n" + textwrap.dedent(text).lstrip("\n"))
        return path

    return write


_COMMON = """
import datetime, pendulum
from airflow import DAG
try:
    from airflow.sdk import Asset, BaseOperator, TaskGroup, Variable, dag, task, task_group
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.providers.standard.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor
except ImportError:
    from airflow.datasets import Dataset as Asset
    from airflow.decorators import dag, task, task_group
    from airflow.models import BaseOperator, Variable
    from airflow.operators.bash import BashOperator
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor
    from airflow.utils.task_group import TaskGroup
START = datetime.datetime(2024, 1, 1)
"""
