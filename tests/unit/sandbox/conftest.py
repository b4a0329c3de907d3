from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

GUARDED = Path(__file__).with_name("guarded.py")


@pytest.fixture
def run_python(tmp_path: Path) -> Callable[..., Any]:
    """Runs code in an interpreter of its own, in `tmp_path`, and returns what it printed as JSON."""

    def run(code: str, *arguments: str) -> Any:
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, timeout=60, check=False, start_new_session=True
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    return run


@pytest.fixture
def guarded(tmp_path: Path) -> Callable[..., SimpleNamespace]:
    """Executes code as a DAG file, `dags/dag.py`, under the guard; see `guarded.py` for what comes back.

    It has a session of its own, so that a signal that the guard should have refused reaches nobody else.
    An event is a list: kind, detail, file, line, refused, count. Keywords are those of `Policy`.
    """

    def run(code: str, **policy: tuple[str, ...]) -> SimpleNamespace:
        path = tmp_path / "dags" / "dag.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(code, encoding="utf-8")
        command = [sys.executable, str(GUARDED), str(path), json.dumps(policy)]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, timeout=60, check=False, start_new_session=True
        )
        assert done.returncode == 0, done.stderr.decode()
        return SimpleNamespace(**json.loads(done.stdout))

    return run
