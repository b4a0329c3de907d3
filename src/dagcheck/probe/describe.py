"""Turns what a DAG file raised into plain data, without trusting the exception's own methods."""

from __future__ import annotations

import errno
import linecache
import traceback
from collections.abc import Iterator

from dagcheck.findings import printable
from dagcheck.record import Failure, Frame, Raised
from dagcheck.sandbox.refusals import is_refusal
from dagcheck.sandbox.usercode import UserCode

_LONGEST_MESSAGE = 4_000
_LONGEST_CHAIN = 10
_MOST_FRAMES = 60


def describe(error: BaseException, code: UserCode) -> Failure:
    """Return the failure for an exception that came out of a DAG file."""
    chain = tuple(_raised(link, code) for link in _chain(error))
    if isinstance(error, SystemExit):
        return Failure(kind="exit", chain=chain, status=_exit_status(error))
    if is_refusal(error):
        return Failure(kind="refused", chain=chain)
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return Failure(kind="memory", chain=chain)
    return Failure(kind="exception", chain=chain)


def text_of(value: object, limit: int = _LONGEST_MESSAGE) -> str:
    """Return str(value), cut and printable, whatever its __str__ does."""
    try:
        text = str.__str__(value) if isinstance(value, str) else str(value)
    except BaseException as problem:  # noqa: BLE001 - a message must not bring the report down
        return f"<{type(value).__name__} whose __str__ raised {type(problem).__name__}>"
    text = text if len(text) <= limit else f"{text[:limit]} ... ({len(text)} characters)"
    return printable(text)


def _exit_status(error: SystemExit) -> int:
    status = error.code
    if status is None:
        return 0
    return status & 0xFF if isinstance(status, int) else 1


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, then what it was raised from, as a traceback shows it, but innermost last."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen and len(seen) < _LONGEST_CHAIN:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _raised(error: BaseException, code: UserCode) -> Raised:
    kind = type(error)
    module = str(kind.__module__)
    name = kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"
    message = _syntax_message(error) if isinstance(error, SyntaxError) else text_of(error)
    return Raised(type=printable(name), message=message, frames=_frames(error, code), name=_name(error))


def _syntax_message(error: SyntaxError) -> str:
    return text_of(error.msg)


def _name(error: BaseException) -> str | None:
    for attribute in ("name", "filename", "key"):
        value = error.__dict__.get(attribute) or getattr(error, attribute, None)
        if isinstance(value, str):
            return text_of(value, 300)
    if isinstance(error, KeyError) and error.args:
        return text_of(error.args[0], 300)
    return None


def _frames(error: BaseException, code: UserCode) -> tuple[Frame, ...]:
    found = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = code.own(frame.f_code.co_filename)
        if file is not None:
            text = linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
            found.append(Frame(file=file, line=line, function=frame.f_code.co_name, text=printable(text[:200])))
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        file = code.own(error.filename)
        if file is not None:
            text = (error.text or "").strip()[:200]
            found.append(Frame(file=file, line=error.lineno, function="<module>", text=printable(text)))
    return tuple(found if len(found) <= _MOST_FRAMES else [*found[:10], *found[-(_MOST_FRAMES - 10) :]])
