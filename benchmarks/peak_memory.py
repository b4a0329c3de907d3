"""A pytest plugin (`-p peak_memory`): at the end, writes the peak memory of the pytest process alone, in KiB.

VmHWM of /proc/self/status, because getrusage would count in what the process that started pytest had in memory.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TARGET = "BENCHMARK_PEAK_MEMORY"  # environment variable: the file to write


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Write it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            Path(os.environ[TARGET]).write_text(line.split()[1], encoding="ascii")
