"""How text from DAG files gets into a finding: printable, on one line, of a sensible length."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dagcheck.findings import printable
from dagcheck.record import Frame, Raised

MESSAGE = 300
NAME = 100
_FIRST_FRAMES, _LAST_FRAMES = 3, 5
# What dagcheck's stores add to Airflow's own message; a finding says it as its fix.
_ADVICE = re.compile(r"; dagcheck does not know the (?:variable|connection) .*_files")


def one_line(text: str, limit: int = MESSAGE) -> str:
    """Return the text on one line, safe to print, at most `limit` characters long."""
    flat = printable(" ".join(text[: 10 * limit].split()))
    if len(flat) <= limit and len(text) <= 10 * limit:
        return flat
    return f"{flat[: limit - 3].rstrip()}..."


def name(text: str) -> str:
    """Return an id, a module or a path from a DAG file as it may stand inside a sentence."""
    return one_line(text, NAME)


def place(file: str, line: int | None) -> str:
    """Return `file:line`, or the file alone."""
    return one_line(file) if line is None else f"{one_line(file)}:{line}"


def listing(items: Iterable[str], most: int = 4, limit: int = NAME) -> str:
    """Return `a, b, c and 5 more`, each item once."""
    every = list(dict.fromkeys(items))
    shown = ", ".join(one_line(item, limit) for item in every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"


def seconds(value: float) -> str:
    """Return `0.5 s`, `12.0 s`."""
    return f"{value:.1f} s"


def raised_line(raised: Raised) -> str:
    """Return `ValueError: the message`, with the type's own name alone."""
    message = _ADVICE.sub("", raised.message[: 10 * MESSAGE])
    return one_line(": ".join(filter(None, (raised.type.rpartition(".")[2], message)))) or "an exception"


def frame_lines(frames: Sequence[Frame]) -> list[str]:
    """Return `file:line in function: source`, outermost first; of a deep recursion both ends."""
    lines = [_frame_line(frame) for frame in (*frames[:_FIRST_FRAMES], *frames[_FIRST_FRAMES:][-_LAST_FRAMES:])]
    left_out = len(frames) - len(lines)
    return [*lines[:_FIRST_FRAMES], f"... {left_out} more frames ...", *lines[_FIRST_FRAMES:]] if left_out else lines


def chain_lines(chain: Sequence[Raised], most: int = 5) -> list[str]:
    """Return the frames of the exception shown, then each of its causes with its own frames."""
    lines: list[str] = []
    for number, raised in enumerate(chain[:most]):
        if number:
            lines.append(f"caused by {raised_line(raised)}")
        lines.extend(frame_lines(raised.frames))
    return lines


def last_lines(text: str, most: int = 10) -> list[str]:
    """Return the last lines of a process's output that have anything in them."""
    return [one_line(line) for line in text[-10_000:].splitlines() if line.strip()][-most:]


def _frame_line(frame: Frame) -> str:
    where = f"{place(frame.file, frame.line)} in {name(frame.function)}"
    return f"{where}: {one_line(frame.text)}" if frame.text else where
