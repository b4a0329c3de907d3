"""Where a finding stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath, PureWindowsPath

from dagcheck.checks.wording import one_line
from dagcheck.record import Failure, Frame


def own_file(file: str | None, own: str) -> str:
    """Return the file of a finding: the DAG file's path is discovery's, any other is what DAG code claims."""
    return own if file is None or file == own else one_line(file)


def innermost(failure: Failure, own: str) -> tuple[str, int | None]:
    """Return file and line where the user's code stood, in his repository if it was there at all.

    The exception shown counts, then its causes, then the stack of a process that had to be stopped.
    """
    stacks = [*(raised.frames for raised in failure.chain), failure.frames]
    for frames in stacks:
        frame = _last(frames, own)
        if frame is not None:
            return own_file(frame.file, own), frame.line
    return own, None


def is_absolute(path: str) -> bool:
    """True for an absolute path of any system: records speak of the machine that wrote the DAG file too."""
    return PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()


def _last(frames: Sequence[Frame], own: str) -> Frame | None:
    """Paths outside the rootdir are absolute; a DAG file that lies there itself has no nearer frames."""
    near = [frame for frame in frames if is_absolute(own) or not is_absolute(frame.file)]
    return next(reversed(near or frames), None)
