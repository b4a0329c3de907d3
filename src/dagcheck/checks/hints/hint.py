"""What a hint is."""

from __future__ import annotations

from typing import NamedTuple


class Hint(NamedTuple):
    """The cause of a failure in one clause, and the next move in one instruction."""

    why: str
    fix: str
