"""Files that this Python cannot read."""

from __future__ import annotations

import re
import sys

from dagcheck.checks.hints.hint import Hint
from dagcheck.checks.hints.lines import kind, last_text
from dagcheck.record import FileRecord, Raised

_SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})
# What the line shows, the Python that reads it, what it is called.
_NEWER = (
    (re.compile(r"^match\s.+:$"), (3, 10), "the match statement"),
    (re.compile(r"^except\s*\*"), (3, 11), "except*"),
    (re.compile(r"^type\s+\w+\s*(?:\[.*\])?\s*="), (3, 12), "the type statement"),
    (re.compile(r"^(?:async\s+)?(?:def|class)\s+\w+\s*\["), (3, 12), "type parameters"),
    (re.compile(r"\bf(['\"]{1,3}).*\{[^}]*(?:\1|\\)"), (3, 12), "such quotes inside an f-string"),
    (re.compile(r"^except\s+\w[\w.]*\s*,\s*\w[\w.]*(?:\s*,\s*\w[\w.]*)*\s*:"), (3, 14), "except without parentheses"),
    (re.compile(r"(?<!\w)t['\"]"), (3, 14), "the t-string"),
)
_PYTHON_2 = re.compile(r"^print\s+[^(=\s]|^exec\s+['\"]|^raise\s+\w+\s*,|\b0\d+[lL]?\b|<>")


def newer_python(raised: Raised, _: FileRecord) -> Hint | None:
    """Syntax of a Python that is newer than the one that runs."""
    if kind(raised) not in _SYNTAX_ERRORS:
        return None
    text = last_text(raised)
    for pattern, version, what in _NEWER:
        if version > sys.version_info[:2] and pattern.search(text):
            number = ".".join(map(str, version))
            return Hint(
                f"{what} came with Python {number}, and this is Python {_running()}",
                f"check with the Python that your Airflow runs on, {number} or newer, or write it the older way",
            )
    return None


def wrong_syntax(raised: Raised, _: FileRecord) -> Hint | None:
    """Any other syntax error."""
    if kind(raised) in _SYNTAX_ERRORS:
        if _PYTHON_2.search(last_text(raised)) or "parentheses in call to" in raised.message:
            return Hint(f"this is Python 2, and Airflow runs on Python {_running()}", "translate the file to Python 3")
        return Hint(f"Python {_running()} cannot read the file", "correct the syntax of this line or the one before")
    if kind(raised) in {"UnicodeDecodeError", "UnicodeError"} and not raised.frames:
        return Hint("the file is not UTF-8 text", "save it as UTF-8, or declare its encoding on the first line")
    return None


def _running() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"
