"""Functions that do a thing which the guard judges and of which CPython raises no audit event."""

from __future__ import annotations

import _posixsubprocess
import _thread
import atexit
import functools
import os
import signal
import subprocess  # noqa: F401 - it takes `fork_exec` for its own before that is replaced
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

Judge = Callable[[str, tuple[Any, ...]], None]


def install_seams(judge: Judge) -> None:
    """Let each of them call `judge(event, args)` first, which may raise; events are named after the functions."""
    for module, name, event in _seams():
        function = getattr(module, name, None)
        if function is not None:
            setattr(module, name, _judged(function, event, judge))


def _seams() -> Iterator[tuple[Any, str, str]]:
    for module in (os, sys.modules["posix"]):
        yield module, "mkfifo", "os.mkfifo"
        yield module, "mknod", "os.mknod"
    for module in (signal, sys.modules["_signal"]):
        yield module, "pidfd_send_signal", "signal.pidfd_send_signal"
    yield _posixsubprocess, "fork_exec", "_posixsubprocess.fork_exec"  # multiprocessing
    yield atexit, "register", "atexit.register"
    if sys.version_info < (3, 13):
        yield time, "sleep", "time.sleep"
    if sys.version_info < (3, 12):
        for module, name in (_thread, "start_new_thread"), (_thread, "start_new"), (threading, "_start_new_thread"):
            yield module, name, "_thread.start_new_thread"


def _judged(function: Callable[..., Any], event: str, judge: Judge) -> Callable[..., Any]:
    @functools.wraps(function)
    def judged(*args: Any, **kwargs: Any) -> Any:
        judge(event, args)
        return function(*args, **kwargs)

    return judged
