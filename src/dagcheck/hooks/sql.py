"""How a test names the statements that it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any


class SqlText:
    """Matches a statement that is the same but for white space, case outside of quotes and a closing semicolon."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self._normal = normal(sql)

    def __call__(self, sql: str) -> bool:
        """Tell whether a statement is this one."""
        return normal(sql) == self._normal

    def __repr__(self) -> str:
        """Show the text as the test wrote it."""
        return repr(self.sql)


def normal(sql: str) -> str:
    """Return a statement in lower case, but for its quoted parts, with single spaces and without a last semicolon."""
    parts = re.split(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")", sql.strip().rstrip(";"))
    return "".join(
        part if number % 2 else re.sub(r"\s+", " ", part.lower()) for number, part in enumerate(parts)
    ).strip()


def matcher(pattern: str | re.Pattern[str] | Callable[[str], bool]) -> Any:
    """Return what a test gave as an argument of an answer: a text means this very statement, a pattern is searched."""
    return SqlText(pattern) if isinstance(pattern, str) else pattern
