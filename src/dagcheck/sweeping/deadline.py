"""How long a sweep may take."""

from __future__ import annotations

import time

from dagcheck.virtual_time import real_seconds


class Deadline:
    """When the time for a sweep is over: seconds of the processor, so that a busy machine finds the same.

    By the clock it may take `PATIENCE` times as long. What the DAG's code sees of any clock does not matter.
    """

    PATIENCE = 4

    def __init__(self, seconds: float) -> None:
        self._end = real_seconds() + self.PATIENCE * seconds
        self._spent = _cpu_seconds() + seconds

    @property
    def over(self) -> bool:
        """Tell whether it is."""
        return _cpu_seconds() > self._spent or real_seconds() > self._end


def _cpu_seconds() -> float:
    """As time.process_time, which some versions of time-machine move too."""
    return time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID)
