"""Runs a command and writes what it took, its whole process tree included, as JSON.

    python benchmarks/meter.py RESULT COMMAND...

- CPU: user and system seconds by getrusage(RUSAGE_CHILDREN). The kernel adds a process to it when its parent has
  waited for it, down the whole tree. So that nothing is lost this process adopts orphans (PR_SET_CHILD_SUBREAPER) and
  waits for each; the processes in a PID namespace are children of its process 1, which the kernel waits for.
- Memory: ru_maxrss, the peak resident memory of the largest single process, pages shared with others included. This
  process is small, because a child inherits the peak of the process that it was forked from.
- A process that outlives the command by LONGEST_GOODBYE seconds is an error.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

LONGEST_GOODBYE = 20.0  # seconds
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def main(target: Path, command: list[str]) -> int:
    """Return the command's exit status."""
    signal.signal(signal.SIGINT, lambda *_: None)  # the command's to heed; not inherited, unlike SIG_IGN
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    begun = time.monotonic()
    status = subprocess.run(command, check=False).returncode
    wall = time.monotonic() - begun
    if not _all_gone():
        print("processes were left running", file=sys.stderr)
        status = status or 1
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "largest_mib": usage.ru_maxrss / 1024}
    target.write_text(json.dumps(taken), encoding="ascii")
    return status


def _all_gone() -> bool:
    until = time.monotonic() + LONGEST_GOODBYE
    try:
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
    except ChildProcessError:
        return True
    return False


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
