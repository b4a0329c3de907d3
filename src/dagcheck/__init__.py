"""Tells before the merge what Airflow DAGs will really do.

    from dagcheck import Fails, Returns, run_dag, simulate

Nothing is imported before it is used, Airflow least of all.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dagcheck.execution import run_dag, simulate
    from dagcheck.running.outcomes import Defers, Fails, Returns, Skips, Succeeds

_HOMES = {
    **dict.fromkeys(("run_dag", "simulate"), "dagcheck.execution"),
    **dict.fromkeys(("Defers", "Fails", "Returns", "Skips", "Succeeds"), "dagcheck.running.outcomes"),
}

__all__ = ["Defers", "Fails", "Returns", "Skips", "Succeeds", "run_dag", "simulate"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
