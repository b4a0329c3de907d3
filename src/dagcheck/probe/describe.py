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
        return f"<{type_name(value)} whose __str__ raised {type_name(problem)}>"
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
    message = text_of(error.msg if isinstance(error, SyntaxError) else error)
    return Raised(type=type_name(error), message=message, frames=_frames(error, code), name=_name(error))


def type_name(value: object) -> str:
    """Return the qualified name of a value's class, whatever its metaclass says; `builtins.` is left out."""
    kind = type(value)
    module, name = (type.__dict__[attribute].__get__(kind) for attribute in ("__module__", "__qualname__"))
    return printable(text_of(name, 200) if module == "builtins" else f"{text_of(module, 200)}.{text_of(name, 200)}")


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
        place = code.find(frame)
        if place is not None:
            text = linecache.getline(frame.f_code.co_filename, line, frame.f_globals)
            found.append(_frame(place[0], line, frame.f_code.co_name, text))
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        file = code.own(error.filename)
        if file is not None:
            found.append(_frame(file, error.lineno, "<module>", error.text or ""))
    return tuple(found if len(found) <= _MOST_FRAMES else [*found[:10], *found[-(_MOST_FRAMES - 10) :]])


def _frame(file: str, line: int, function: str, text: str) -> Frame:
    return Frame(file=file, line=line, function=function, text=printable(text.strip()[:200]))
