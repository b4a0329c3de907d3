"""Fixtures that run a DAG on all engines, never in the process of pytest itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


class Oracle:
    """A process that runs shapes by seed or by name."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "lib" / "oracle.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def __call__(self, name: str) -> dict[str, Any]:
        """Return what all engines made of it."""
        if name not in self._known:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            print(name, file=self._process.stdin, flush=True)
            self._known[name] = json.loads(self._process.stdout.readline())
        return self._known[name]

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


@pytest.fixture(scope="session")
def oracle() -> Iterator[Oracle]:
    made = Oracle()
    yield made
    made.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first, count = (metafunc.config.getoption(f"--differential-{name}") for name in ("seed", "dags"))
        seeds = range(first, first + count)
        metafunc.parametrize("seed", seeds, ids=[f"seed_{seed}" for seed in seeds])
