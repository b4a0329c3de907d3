"""Servers that one process starts for all of its tests: stopped when its session ends, at the latest with itself."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable

_stops: dict[Callable[[], None], int] = {}


def at_end(stop: Callable[[], None]) -> None:
    """Call this once at the end, in the process that says so and in no fork of it."""
    if not _stops:
        atexit.register(stop_all)
    _stops[stop] = os.getpid()


def stop_all() -> None:
    """Stop everything now; what is asked for again is started again."""
    atexit.unregister(stop_all)
    while _stops:
        stop, process = _stops.popitem()
        if process == os.getpid():
            stop()
