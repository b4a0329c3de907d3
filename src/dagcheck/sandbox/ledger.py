"""What a DAG file did while it was parsed, counted per place."""

from __future__ import annotations

import sys
from collections.abc import Callable

from dagcheck.sandbox.usercode import UserCode

Key = tuple[str, str, "str | None", "int | None", bool]


class Ledger:
    """Collects events as (kind, detail, file, line, refused) with their number; the line is the innermost own one.

    Kinds are those of `dagcheck.record.Event`. Of one file's different events the first `LIMIT` are kept and counted;
    any others are left out.
    """

    LIMIT = 200

    def __init__(self, code: UserCode) -> None:
        self._code = code
        self._counts: dict[Key, int] = {}
        self._attempts: dict[str, int] = {}
        self._by_import: dict[tuple[str, str], bool] = {}
        self.on_note: Callable[[str], None] = lambda _: None

    def clear(self) -> None:
        """Forget everything, for the next file."""
        self._counts.clear()
        self._attempts.clear()
        self._by_import.clear()

    def note(self, kind: str, detail: str, *, refused: bool = False) -> None:
        """Record an event at the innermost line of the user's code."""
        frame = sys._getframe(1)
        file, line = self._code.innermost(frame)
        if line is not None:  # else it is dagcheck that tidies up
            self._by_import[kind, detail] = self._by_import.get((kind, detail), True) and self._code.is_import(frame)
        self.add(kind, detail, file, line, refused=refused)

    def add(self, kind: str, detail: str, file: str | None, line: int | None, *, refused: bool = False) -> None:
        """Record an event at a known place."""
        key = (kind, detail, file, line, refused)
        if key in self._counts or len(self._counts) < self.LIMIT:
            self._counts[key] = self._counts.get(key, 0) + 1

    def attempt(self, destination: str) -> int:
        """Count one more refused attempt at a destination and return how many there were."""
        self._attempts[destination] = self._attempts.get(destination, 0) + 1
        return self._attempts[destination]

    def place_of(self, kind: str, detail: str) -> tuple[str | None, int | None]:
        """Where an event with this detail was first seen, else one of this kind last, else (None, None)."""
        last: tuple[str | None, int | None] = (None, None)
        for known, known_detail, file, line, _ in self._counts:
            if line is None:  # not the user's doing, or nobody knows where
                continue
            if (known, known_detail) == (kind, detail):
                return file, line
            if known == kind:
                last = file, line
        return last

    def is_by_import(self, kind: str, detail: str) -> bool:
        """True if modules of others alone did it, as they were imported."""
        return self._by_import.get((kind, detail), False)

    def entries(self) -> list[tuple[Key, int]]:
        """All events with their number, oldest first."""
        return list(self._counts.items())
