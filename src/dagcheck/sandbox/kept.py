"""What a DAG file made of its process, kept over the clearing up so that its functions can be called later."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Kept:
    """The modules that a file imported, and paths, environment and working directory as they were after it."""

    modules: dict[str, ModuleType]
    path: list[str]
    variables: dict[str, str]
    directory: str

    @classmethod
    def now(cls, modules: Iterable[str]) -> Kept | None:
        """Return what there is, with these modules of it; None where the file left it in no state to be read."""
        with suppress(Exception):
            kept = {name: sys.modules[name] for name in modules}
            return cls(kept, list(sys.path), dict(os.environ), os.getcwd())
        return None

    def put_back(self) -> None:
        """Make it so again; what clears up after a file clears up after this too."""
        sys.modules.update(self.modules)
        sys.path[:] = self.path
        for name in os.environ.keys() - self.variables.keys():
            del os.environ[name]
        os.environ.update(self.variables)
        with suppress(OSError):
            os.chdir(self.directory)
