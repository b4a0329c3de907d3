"""Replace attributes of Airflow's for a while, and put back exactly what was there."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_MISSING = object()


@contextmanager
def replaced(owner: Any, **attributes: Any) -> Iterator[None]:
    """Set attributes of a module or a class; afterwards each is the same object as before, or gone again."""
    before = {name: vars(owner).get(name, _MISSING) for name in attributes}
    try:
        for name, value in attributes.items():
            setattr(owner, name, value)
        yield
    finally:
        for name, value in before.items():
            if value is not _MISSING:
                setattr(owner, name, value)
            elif name in vars(owner):
                delattr(owner, name)


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
