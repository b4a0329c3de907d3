"""What a task raised, as plain data: type, message, the user's own line, the traceback as text.

Secrets are masked, as Airflow masks them in what it logs of an exception.
"""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
import traceback
from types import TracebackType

from dagcheck._airflow.masking import redact
from dagcheck.running.attempt import TaskError

_DAGCHECK = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def task_error(error: BaseException, depth: int = 5) -> TaskError:
    """Describe an exception and, up to `depth`, what it was raised from."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    file, line = _users_line(error)
    return TaskError(
        type=name,
        message=redact(_text(error)),
        file=file,
        line=line,
        traceback=redact("".join(traceback.format_exception(kind, error, users_part(error), chain=False))),
        cause=task_error(before, depth - 1) if before is not None and depth else None,
    )


def users_part(error: BaseException) -> TracebackType | None:
    """Return the traceback from the user's first frame on; without one, what follows dagcheck's own last frame."""
    part = rest = error.__traceback__
    while part is not None:
        file = part.tb_frame.f_code.co_filename
        if _own(file):
            return part
        rest = part.tb_next if file.startswith(_DAGCHECK) else rest
        part = part.tb_next
    return rest


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as problem:  # noqa: BLE001 -- the user's own __str__
        return f"<its __str__ raised {type(problem).__name__}>"


def _users_line(error: BaseException) -> tuple[str | None, int | None]:
    """Return the innermost place in code that is not installed: neither the standard library's nor a package's."""
    found: tuple[str | None, int | None] = (None, None)
    for frame, line in traceback.walk_tb(error.__traceback__):
        if _own(frame.f_code.co_filename):
            found = (frame.f_code.co_filename, line)
    return found


@functools.cache
def _own(file: str) -> bool:
    return not file.startswith(("<", *_foreign()))


@functools.cache
def _foreign() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    places = {paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"], sys.prefix}
    return (_DAGCHECK, *(place + os.sep for place in sorted(places)))
