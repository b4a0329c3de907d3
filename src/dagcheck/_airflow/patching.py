"""Replace attributes of Airflow's for a while, and put back exactly what was there."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagcheck.replacing import replaced

__all__ = ["contents_replaced", "replaced"]


@contextmanager
def contents_replaced(changed: list[Any], contents: list[Any]) -> Iterator[None]:
    """Change a list in place, for whoever holds it."""
    before = list(changed)
    changed[:] = contents
    try:
        yield
    finally:
        changed[:] = before


@contextmanager
def termination_untouched() -> Iterator[None]:
    """Airflow sets a handler for SIGTERM, which only the main thread may; afterwards the one before is back."""
    if threading.current_thread() is not threading.main_thread():
        with replaced(signal, signal=lambda *_arguments: None):
            yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
