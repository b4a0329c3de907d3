"""A pytest plugin (`-p fixture_timing`): repeats each test, and writes what each repetition took, as JSON.

Seconds of set-up, call and tear-down together, in the order of the tests. A test is repeated by its argument `number`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

TARGET = "BENCHMARK_TIMING"  # environment variable: the file to write
REPEAT = "BENCHMARK_REPEAT"  # environment variable: how often

_seconds: dict[str, float] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat the test."""
    metafunc.parametrize("number", range(int(os.environ[REPEAT])))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up the phases of each test."""
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Write it."""
    Path(os.environ[TARGET]).write_text(json.dumps(list(_seconds.values())), encoding="ascii")
