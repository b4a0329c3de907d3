"""Runs a command and tells what it left running: `python leftovers.py REQUEST.json ANSWER.json`.

The request holds `command`, `folder` and `seconds`; the answer holds `status`, `seconds` and `left`, the command
lines of the processes that outlived the command. They are ended. The command is not on this process's own command
line, so that nobody who looks for it finds this one.

Linux: this process adopts every orphan below it, so that a daemon can't get away.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_GRACE = 2.0  # seconds in which what was killed may vanish


def main(request: Path, answer: Path) -> None:
    """Run what the request says and write the answer."""
    wanted = json.loads(request.read_text())
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    started = time.monotonic()
    process = subprocess.Popen(
        wanted["command"], cwd=wanted["folder"], stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        status: int | None = process.wait(wanted["seconds"])
    except subprocess.TimeoutExpired:
        status = None
    seconds = time.monotonic() - started
    left = sorted(set(_left_after_grace()) if status is not None else ())
    _end_all()
    answer.write_text(json.dumps({"status": status, "seconds": seconds, "left": left}))


def _left_after_grace() -> list[str]:
    deadline = time.monotonic() + _GRACE
    while (left := list(map(_command, _descendants()))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _end_all() -> None:
    while processes := list(_descendants()):
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.02)


def _descendants() -> Iterator[int]:
    """Yield living processes below this one; the dead are collected on the way."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    parents = dict(_parents())
    for process in parents:
        above: int | None = process
        while (above := parents.get(above or 0)) is not None:
            if above == os.getpid():
                yield process
                break


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                yield int(folder.name), int(parent)


def _command(process: int) -> str:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        return f"{process}: {b' '.join(words).decode(errors='replace')[:200]}"
    return str(process)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
