"""The clock that tells how long DAG files take to parse."""

from __future__ import annotations

from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from time import perf_counter
from typing import Any

from dagcheck.sandbox.policy import is_installed
from dagcheck.sandbox.seal import sealed

STEPS = "source_to_code", "_cache_bytecode"


class ParseClock:
    """In seconds, from any start; stands still while Python compiles installed packages.

    In an environment that nobody has used yet, as CI has them, the first import of a package can take five times as
    long as every later one: uv, for one, compiles nothing on installation. Airflow will not spend that on every parse.
    """

    def __init__(self) -> None:
        self.stood_still = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return perf_counter() - self.stood_still

    def install(self) -> None:
        """Hear of what is compiled from now on, and of its bytecode being written, in this process and its forks.

        `get_code` of importlib/_bootstrap_external.py (3.10 to 3.13) calls these two for a module without bytecode.
        """
        for name in STEPS:
            setattr(SourceFileLoader, name, _timed(getattr(SourceFileLoader, name), sealed(self._add)))

    def _add(self, seconds: float) -> None:
        self.stood_still += seconds


def _timed(step: Callable[..., Any], add: Callable[[float], None]) -> Callable[..., Any]:
    """Return what does the same, and adds how long that takes for an installed package."""

    def timed(loader: SourceFileLoader, *args: Any, **options: Any) -> Any:
        if not is_installed(loader.path):
            return step(loader, *args, **options)
        started = perf_counter()
        try:
            return step(loader, *args, **options)
        finally:
            add(perf_counter() - started)

    return timed
