"""The figures of one run, as the closing table shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was checked and what was found; `slowest` are the files that took longest to load, with their seconds.

    `cut_short`: DAGs whose runs over their dates took longer than they may.
    """

    files: int = 0
    dags: int = 0
    tasks: int = 0
    errors: int = 0
    warnings: int = 0
    ignored: int = 0
    baselined: int = 0
    cut_short: int = 0
    seconds: float = 0.0
    slowest: tuple[tuple[str, float], ...] = ()
