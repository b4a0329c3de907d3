"""Reads the stacks that faulthandler wrote while a file was loading, was killed or crashed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from dagcheck.record import Cost, Frame

_FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$')
_THREAD = re.compile(r"^(?:Current thread|Thread) 0x")
_DUMP = re.compile(r"^(?:Timeout \(|Fatal Python error)", re.M)
_PACKAGE = re.compile(r"(?:site-packages|dist-packages|lib/python\d\.\d+)/([^/.]+)")
Own = Callable[[str], "str | None"]
Sample = list[tuple[str, int, str]]


def samples(text: str) -> list[Sample]:
    """Return the frames of each dump, innermost first: those of the thread that ran the DAG file."""
    starts = [found.start() for found in _DUMP.finditer(text)] or [0]
    dumps = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return [sample for sample in map(_main_thread, dumps) if sample]


def _main_thread(dump: str) -> Sample:
    """The main thread stands last in a dump of all threads, and is the current one in a crash."""
    threads: list[Sample] = []
    for line in dump.splitlines():
        if _THREAD.match(line):
            threads.append([])
        elif (frame := _FRAME.match(line)) and threads:
            threads[-1].append((frame[1], int(frame[2]), frame[3]))
    return threads[-1] if threads else []


def last_frames(text: str, own: Own) -> tuple[Frame, ...]:
    """Return the user's frames of the last dump, outermost first."""
    found = samples(text)
    frames = [(own(path), line, function) for path, line, function in (found[-1] if found else [])]
    return tuple(Frame(file=file, line=line, function=function) for file, line, function in reversed(frames) if file)


def costs(text: str, own: Own, interval: float) -> tuple[Cost, ...]:
    """Return what the samples saw most, dearest first: the user's line and the package that it was waiting for."""
    seen: Counter[tuple[str, str | None, int | None]] = Counter()
    for sample in samples(text):
        seen[_blame(sample, own)] += 1
    return tuple(
        Cost(what=what, seconds=round(count * interval, 2), file=file, line=line)
        for (what, file, line), count in seen.most_common(5)
    )


def _blame(sample: Sample, own: Own) -> tuple[str, str | None, int | None]:
    below = ""
    for path, line, _ in sample:
        file = own(path)
        if file is not None:
            return below, file, line
        if found := _PACKAGE.search(path):
            below = found[1]
    return below, None, None
