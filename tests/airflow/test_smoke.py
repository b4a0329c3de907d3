"""This installation of Airflow runs tasks: some sets of packages import well and then fail every task."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.every_version

DAG = """
from datetime import datetime

from airflow import DAG
from airflow.exceptions import AirflowSkipException
try:
    from airflow.sdk import task
except ImportError:
    from airflow.decorators import task

@task
def works():
    return 21

@task
def doubles(number):
    assert number * 2 == 42

@task
def fails():
    raise ValueError("as it must")

@task
def skips():
    raise AirflowSkipException

@task
def follows():
    raise AssertionError("must not run")

with DAG("smoke", start_date=datetime(2024, 1, 1), schedule="@daily"):
    doubles(works())
    fails() >> follows.override(task_id="follows_a_failure")()
    skips() >> follows.override(task_id="follows_a_skip")()
"""


def test_each_task_gets_the_state_that_its_code_and_its_upstream_say(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "smoke.py").write_text(DAG, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    script = Path(__file__).with_name("smoke.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "home"), str(tmp_path / "dags")],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout) == {
        "works": "success",
        "doubles": "success",
        "fails": "failed",
        "follows_a_failure": "upstream_failed",
        "skips": "skipped",
        "follows_a_skip": "skipped",
        "run": "failed",
    }
