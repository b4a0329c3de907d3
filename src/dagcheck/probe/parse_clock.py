"""The clock that tells how long DAG files take to parse."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from time import perf_counter
from typing import Any

from dagcheck.sandbox.policy import is_installed
from dagcheck.sandbox.seal import sealed


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
        """Hear of what is compiled from now on, in this process and its forks."""
        compiled, add, clock = SourceFileLoader.source_to_code, sealed(self._add), perf_counter

        def source_to_code(loader: Any, data: Any, path: str, *args: Any, **options: Any) -> Any:
            if not is_installed(path):
                return compiled(loader, data, path, *args, **options)
            started = clock()
            try:
                return compiled(loader, data, path, *args, **options)
            finally:
                add(clock() - started)

        SourceFileLoader.source_to_code = source_to_code  # type: ignore[assignment,method-assign]

    def _add(self, seconds: float) -> None:
        self.stood_still += seconds
