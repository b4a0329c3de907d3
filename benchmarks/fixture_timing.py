"""A pytest plugin (`-p fixture_timing`): repeats each test, and writes what the first and the later ones took, as JSON.

Wall seconds of set-up, call and tear-down together, by pytest's own clock: of the first test, and the median of the
later ones. CPU seconds of this process and of all below it, such as servers: of the first test, and the mean of the
later ones, because the kernel counts in hundredths of a second. A test is repeated by its argument `number`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

TARGET = "BENCHMARK_TIMING"  # environment variable: the file to write
REPEAT = "BENCHMARK_REPEAT"  # environment variable: how often
_TICK = 1 / os.sysconf("SC_CLK_TCK")

_wall: dict[str, float] = {}
_cpu: list[float] = []  # before the first test, after it, after the last one


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat the test."""
    metafunc.parametrize("number", range(int(os.environ[REPEAT])))


def pytest_collection_finish() -> None:
    """Begin to count."""
    _cpu.append(_cpu_seconds())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up the phases of each test."""
    _wall[report.nodeid] = _wall.get(report.nodeid, 0.0) + report.duration


def pytest_runtest_logfinish() -> None:
    """Look at the CPU after the first and the last test alone: it takes a while itself."""
    if len(_wall) in {1, int(os.environ[REPEAT])}:
        _cpu.append(_cpu_seconds())


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Write it."""
    first, *later = _wall.values()
    before, then, end = _cpu
    taken = {"first_wall": first, "wall": median(later), "first_cpu": then - before, "cpu": (end - then) / len(later)}
    Path(os.environ[TARGET]).write_text(json.dumps(taken), encoding="ascii")


def _cpu_seconds() -> float:
    """Return what this process, those below it, and those that they have waited for have taken."""
    table = dict(_processes())
    parents = {os.getpid()}
    for _ in table:
        parents |= {pid for pid, (parent, _ticks) in table.items() if parent in parents}
    return sum(table[pid][1] for pid in parents) * _TICK


def _processes() -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the id of each process with its parent's and its ticks: proc(5), fields 4 and 14 to 17 of `stat`."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        yield int(folder.name), (int(fields[1]), sum(map(int, fields[11:15])))
