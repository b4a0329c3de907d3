"""Turns what a DAG file raised into plain data, without trusting the exception's own methods."""

from __future__ import annotations

import errno
import linecache
import re
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

from dagcheck.findings import printable
from dagcheck.record import Failure, FileRecord, Frame, Raised
from dagcheck.sandbox.plain import class_name
from dagcheck.sandbox.refusals import GiveUpError, RefusedError
from dagcheck.sandbox.usercode import UserCode

_UNIQUE_NAME = re.compile(r"unusual_prefix_[0-9a-f]{40}_")  # what Airflow calls the modules of DAG files
_LONGEST_MESSAGE = 4_000
_LONGEST_CHAIN = 10
_MOST_FRAMES = 60
_SURE = {"ModuleNotFoundError", "SyntaxError", "IndentationError", "TabError"}  # no other file can bring them about


def describe(error: BaseException, code: UserCode) -> Failure:
    """Return the failure for an exception that came out of a DAG file."""
    chain = tuple(_raised(link, code) for link in _chain(error))
    kind = type(error)  # isinstance would ask the exception's own __class__
    if issubclass(kind, SystemExit):
        return Failure(kind="exit", chain=chain, status=_exit_status(_read(error, "code", SystemExit)))
    if any(map(_is_refusal, _chain(error))):
        return Failure(kind="refused", chain=chain)
    if issubclass(kind, MemoryError) or (issubclass(kind, OSError) and _read(error, "errno", OSError) == errno.ENOMEM):
        return Failure(kind="memory", chain=chain)
    return Failure(kind="exception", chain=chain)


def may_be_others_doing(record: FileRecord, timeout: float) -> bool:
    """Tell whether a file deserves another try alone: it raised something, and soon enough to do so twice."""
    failure = record.failure
    if failure is None or failure.kind != "exception" or record.seconds > timeout / 4:
        return False
    return not (failure.chain and failure.chain[0].type in _SURE)


def text_of(value: object, limit: int = _LONGEST_MESSAGE) -> str:
    """Return str(value), cut and printable, whatever its __str__ does."""
    try:
        text = str.__str__(value) if isinstance(value, str) else str(value)
    except BaseException as problem:  # noqa: BLE001 - a message must not bring the report down
        return f"<{type_name(value)} whose __str__ raised {type_name(problem)}>"
    text = text if len(text) <= limit else f"{text[:limit]} ... ({len(text)} characters)"
    return printable(text)


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    return code & 0xFF if type(code) is int else 1


def _is_refusal(error: BaseException) -> bool:
    return issubclass(type(error), (RefusedError, GiveUpError))


def _read(error: BaseException, name: str, owner: type[BaseException] = BaseException) -> Any:
    """Read an attribute that CPython keeps, past any property or `__getattribute__` of the exception's class."""
    return owner.__dict__[name].__get__(error)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, then what it was raised from, as a traceback shows it, but innermost last."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen and len(seen) < _LONGEST_CHAIN:
        seen.add(id(link))
        yield link
        hidden = _read(link, "__suppress_context__")
        cause = _read(link, "__cause__")
        link = _read(link, "__context__") if cause is None and not hidden else cause


def _raised(error: BaseException, code: UserCode) -> Raised:
    message = text_of(_read(error, "msg", SyntaxError) if issubclass(type(error), SyntaxError) else error)
    return Raised(type=type_name(error), message=message, frames=_frames(error, code), name=_name(error))


def type_name(value: object) -> str:
    """Return the qualified name of a value's class, whatever its metaclass says; `builtins.` is left out."""
    module, name = class_name(value)
    if module == "builtins" or _UNIQUE_NAME.match(module):
        return text_of(name, 200)
    return f"{text_of(module, 200)}.{text_of(name, 200)}"


_NAMED = (ImportError, "name"), (NameError, "name"), (AttributeError, "name"), (OSError, "filename")


def _name(error: BaseException) -> str | None:
    for owner, attribute in _NAMED:
        if issubclass(type(error), owner) and type(value := _read(error, attribute, owner)) is str:
            return text_of(value, 300)
    arguments = _read(error, "args")
    return text_of(arguments[0], 300) if issubclass(type(error), KeyError) and arguments else None


def _frames(error: BaseException, code: UserCode) -> tuple[Frame, ...]:
    found = []
    for frame, line in traceback.walk_tb(_read(error, "__traceback__")):
        place = code.find(frame)
        if place is not None:
            found.append(_frame(place[0], line, frame.f_code.co_name, _source(frame, line)))
    if issubclass(type(error), SyntaxError):
        path, line, text = (_read(error, name, SyntaxError) for name in ("filename", "lineno", "text"))
        file = code.own(path) if type(path) is str else None
        if file is not None and type(line) is int:
            found.append(_frame(file, line, "<module>", text if type(text) is str else ""))
    return tuple(found if len(found) <= _MOST_FRAMES else [*found[:10], *found[-(_MOST_FRAMES - 10) :]])


def _source(frame: FrameType, line: int) -> str:
    """Return the text of a line; the module's loader, which has the text of a zip archive, may be the user's."""
    try:
        return linecache.getline(frame.f_code.co_filename, line, frame.f_globals)
    except BaseException:  # noqa: BLE001 - a frame without its text is better than no frame
        return ""


def _frame(file: str, line: int, function: str, text: str) -> Frame:
    return Frame(file=file, line=line, function=function, text=printable(text.strip()[:200]))
