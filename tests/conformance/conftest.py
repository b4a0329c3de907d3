"""Comparisons run in a fresh process, whose Airflow is hermetic, and print one line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dagcheck._airflow.settings import hermetic

Compare = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def compare(tmp_path_factory: pytest.TempPathFactory) -> Compare:
    """Run a script of this folder and return what it prints."""

    def compare(script: str) -> dict[str, Any]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        environment |= hermetic(tmp_path_factory.mktemp("home"), [], None)
        command = [sys.executable, str(Path(__file__).with_name(script))]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    return compare
