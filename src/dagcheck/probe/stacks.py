"""The stacks that faulthandler writes while a file is loading, is killed or crashes.

The supervisor asks for one with a signal. SAMPLE is answered by Python, between two steps of the code, where frames are
whole. LAST is answered by C at once, also for code that is stuck in C: in the midst of a call about one dump in a
hundred crashes (Python 3.11 to 3.13), as does one from another thread (`dump_traceback_later`, which works with all
signals blocked); so they are for processes that are lost anyway.
"""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import time
from collections import defaultdict
from collections.abc import Callable

from dagcheck.probe.parse_clock import ParseClock
from dagcheck.record import Cost, Frame

_FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$')
_THREAD = re.compile(r"^(?:Current thread|Thread) 0x")
_STACK = "Stack (most recent call first):"
_DUMP = re.compile(r"^(?:Timeout \(|Fatal Python error|Stack \()", re.M)
_ENTRY = re.compile(r'^  (?:File ".*/dagcheck/probe/worker\.py", line \d+ in enter|\.\.\.)$', re.M)
_AT = re.compile(r"^dagcheck at (\d+\.\d+)$", re.M)
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")  # as faulthandler writes what is not ASCII
_PACKAGE = re.compile(r".*(?:site-packages|dist-packages|lib/python\d\.\d+)/([^/.]+)")
_CARRIERS = ("airflow", "importlib", "contextlib", "functools")  # what they run is more telling
SAMPLE, LAST = signal.SIGURG, signal.SIGWINCH  # ignored by default, so that one sent too late does no harm
INTERVAL = 0.5  # seconds between two samples of a slow file
PROMPT = 0.2  # seconds in which Python begins to answer, unless it is stuck
# Of samples: time-machine replaces the other clocks by its own, which crash where Python may recurse no further.
clock = time.perf_counter
Own = Callable[[str], "str | None"]
Sample = list[tuple[str, int, str]]


def sampler(stack_file: int, parse_clock: ParseClock) -> Callable[[int, object], None]:
    """Return a handler for SAMPLE; it notes the time too, as a long call into C lets no sample be made.

    The clock is not called: it is in Python, which may recurse no further here.
    """
    dump, write = faulthandler.dump_traceback, os.write

    def sample(_number: int, _frame: object, _clock: Callable[[], float] = clock) -> None:
        write(stack_file, f"dagcheck at {_clock() - parse_clock.stood_still:.2f}\n".encode())
        dump(stack_file, all_threads=False)

    return sample


_SAMPLER = sampler.__code__.co_filename


def samples(text: str) -> list[Sample]:
    """Return the frames of each dump, innermost first: those of the thread that ran the DAG file."""
    return [sample for sample in map(_main_thread, _dumps(text)) if sample]


def _dumps(text: str) -> list[str]:
    starts = [found.start() for found in _DUMP.finditer(text)] or [0]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def is_whole(text: str) -> bool:
    """Tell whether the last dump goes down to where the worker was entered, or as far as faulthandler goes (100)."""
    return _ENTRY.search(_dumps(text)[-1]) is not None


def _main_thread(dump: str) -> Sample:
    """The main thread stands last in a dump of all threads, and is the current one in a crash."""
    threads: list[Sample] = []
    for line in dump.splitlines():
        if _THREAD.match(line) or line == _STACK:
            threads.append([])
        elif (frame := _FRAME.match(line)) and threads:
            threads[-1].append((_unescaped(frame[1]), int(frame[2]), _unescaped(frame[3])))
    frames = threads[-1] if threads else []
    return frames[1:] if frames and frames[0][0] == _SAMPLER else frames


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2] or found[3], 16)), text)


def last_frames(text: str, own: Own) -> tuple[Frame, ...]:
    """Return the user's frames of the last dump, outermost first; of one before it, if it was cut off above them."""
    for dump in reversed(_dumps(text)):
        frames = [(own(path), line, function) for path, line, function in reversed(_main_thread(dump))]
        users = tuple(Frame(file=file, line=line, function=function) for file, line, function in frames if file)
        if users or is_whole(dump):
            return users
    return ()


def costs(text: str, own: Own, begun: float) -> tuple[Cost, ...]:
    """Return what took the time since `begun`, dearest first: the user's line and the package it was waiting for."""
    spent: defaultdict[tuple[str, str | None, int | None], float] = defaultdict(float)
    times = [begun, *map(float, _AT.findall(text))]
    for sample, since, until in zip(samples(text), times, times[1:], strict=False):
        what, file, line = _blame(sample, own)
        if what or file:  # else it was made after the file's end
            spent[what, file, line] += until - since
    dearest = sorted(spent.items(), key=lambda found: -found[1])[:5]
    return tuple(
        Cost(what=what, seconds=round(seconds, 2), file=file, line=line) for (what, file, line), seconds in dearest
    )


def _blame(sample: Sample, own: Own) -> tuple[str, str | None, int | None]:
    """Return the first package that the user's line called into, Airflow itself only if there is no other."""
    packages: list[str] = []
    for path, line, _ in sample:
        file = own(path)
        if file is not None:
            return _first_of(packages), file, line
        if found := _PACKAGE.match(path):
            packages.append(found[1])
    return _first_of(packages), None, None


def _first_of(packages: list[str]) -> str:
    outermost_first = packages[::-1]
    return next((name for name in outermost_first if name not in _CARRIERS), next(iter(outermost_first), ""))
