"""One measured run of a contender on a project."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contenders import HERE, Contender, environment

_PASSED = re.compile(r"(\d+) passed")
_SHOWN = 3_000  # characters of the output of a run that failed
_GRACE = 15.0  # seconds between SIGINT and SIGKILL


class RunFailedError(Exception):
    """A contender did not get through the folder, so that its figures would mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Figures of one run: seconds of CPU (whole process tree) and wall, MiB, and the number that it says passed."""

    contender: str
    files: int
    cpu: float
    wall: float
    largest_mib: float
    pytest_mib: float | None
    passed: int
    round: int = 0


def measure(contender: Contender, project: Path, files: int, scratch: Path) -> Run:
    """Run it in a fresh home, without byte code of DAG files from an earlier run."""
    for cache in project.rglob("__pycache__"):
        shutil.rmtree(cache)
    with _fresh(scratch / "run") as home:
        peak, taken = home / "peak", home / "taken"
        env = {**environment(os.environ, project, home), "BENCHMARK_PEAK_MEMORY": str(peak)}
        command = [sys.executable, str(HERE / "meter.py"), str(taken), *contender.command]
        output = _output(command, project, env, contender)
        return Run(
            contender=contender.name,
            files=files,
            passed=_passed(output, contender),
            pytest_mib=int(peak.read_text(encoding="ascii")) / 1024 if contender.is_pytest else None,
            **json.loads(taken.read_text(encoding="ascii")),
        )


@contextlib.contextmanager
def _fresh(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _output(command: list[str], cwd: Path, env: dict[str, str], contender: Contender) -> str:
    """Return what the command printed; on Ctrl-C end it before this goes on."""
    with subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        try:
            output, _ = process.communicate()
        except BaseException:
            _end(process)
            raise
    if process.returncode:
        raise RunFailedError(f"{contender.title}: exit status {process.returncode}\n{output[-_SHOWN:]}")
    return output


def _end(process: subprocess.Popen[str]) -> None:
    for number, seconds in ((signal.SIGINT, _GRACE), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=seconds)
            return


def _passed(output: str, contender: Contender) -> int:
    found = _PASSED.findall(output)
    if not found:
        raise RunFailedError(f"{contender.title}: nothing passed\n{output[-_SHOWN:]}")
    return int(found[-1])
