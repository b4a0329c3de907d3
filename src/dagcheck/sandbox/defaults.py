"""Puts back what the whole process goes by: a file that changes it has a process of its own in Airflow."""

from __future__ import annotations

import _socket
import decimal
import gc
import locale
import sys

_ASYNCIO = "asyncio.events"
_POLICY = "_event_loop_policy"  # makes the loops, and knows that of this thread


class Defaults:
    """Limits, settings and habits of Python and its standard library, as they are when it is made."""

    def __init__(self) -> None:
        self._recursion = sys.getrecursionlimit()
        self._callbacks = list(gc.callbacks)
        self._thresholds = gc.get_threshold()
        self._decimal = decimal.getcontext().copy()
        self._locale = locale.setlocale(locale.LC_ALL)
        self._timeout = _socket.getdefaulttimeout()
        self._modules = sys.modules  # a file may delete the name

    def restore(self) -> None:
        """Undo what a file changed, without a word: it harms nobody but its neighbours here."""
        sys.setrecursionlimit(self._recursion)
        gc.callbacks[:] = self._callbacks
        gc.enable()
        gc.set_threshold(*self._thresholds)
        decimal.setcontext(self._decimal.copy())
        if locale.setlocale(locale.LC_ALL) != self._locale:
            locale.setlocale(locale.LC_ALL, self._locale)
        _socket.setdefaulttimeout(self._timeout)
        self._forget_event_loop()

    def _forget_event_loop(self) -> None:
        """After `asyncio.run` there is none any more, and `get_event_loop` makes no other: asyncio/events.py."""
        events = self._modules.get(_ASYNCIO)
        if getattr(events, _POLICY, None) is not None:
            setattr(events, _POLICY, None)
