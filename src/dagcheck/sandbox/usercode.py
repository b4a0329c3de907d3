"""Tells the user's own code from Airflow's, the standard library's and installed packages'."""

from __future__ import annotations

import importlib
import os
import sys
import sysconfig
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import FrameType

_FIND_AND_LOAD = importlib._bootstrap._find_and_load.__code__  # type: ignore[attr-defined]  # noqa: SLF001 - it shows an import
_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


def is_installed(path: str) -> bool:
    """True for a file that is not the standard library's own: it lies elsewhere, or with the packages in it."""
    return not path.startswith(_STDLIB) or is_in_packages(path)


def is_in_packages(path: str) -> bool:
    """True for a file or folder among the installed packages."""
    return any(mark in path for mark in _PACKAGES)


def text_path(path: str) -> str:
    """Return a path that can be written down: bytes that are no text become escapes."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


class UserCode:
    """Code below one of `roots`, unless it is installed there; code of a DAG folder always counts.

    Paths come out relative to `rootdir` with forward slashes, or absolute where they lie outside of it.
    """

    def __init__(self, rootdir: str, dag_folders: Sequence[str], roots: Sequence[str] = ()) -> None:
        self._rootdir = rootdir.rstrip(os.sep) + os.sep
        self._dag_folders = tuple(_as_prefix(folder) for folder in dag_folders)
        self._roots = (self._rootdir, *(_as_prefix(root) for root in roots))
        own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self._foreign = tuple({*_STDLIB, _as_prefix(own)})
        self._known: dict[str, str | None] = {}
        self._shown: dict[str, str] = {}

    def relative(self, path: str) -> str:
        """Return the path as messages show it, whether it is the user's or not."""
        try:
            return self._shown[path]
        except KeyError:
            shown = self._shown[path] = self._relative(path)
            return shown

    def _relative(self, path: str) -> str:
        absolute = os.path.abspath(path)
        absolute = absolute.removeprefix(self._rootdir)
        return text_path(absolute.replace(os.sep, "/"))

    def own(self, path: str) -> str | None:
        """Return the path as messages show it if it is the user's code, else None."""
        try:
            return self._known[path]
        except KeyError:
            found = self._known[path] = self.relative(path) if self._is_own(path) else None
            return found

    def find(self, frame: FrameType) -> tuple[str, int] | None:
        """Return (file, line) of a frame of the user's code."""
        file = self.own(frame.f_code.co_filename)
        return None if file is None or _is_forged(frame) else (file, frame.f_lineno)

    def place(self, frame: FrameType) -> tuple[str, int] | None:
        """As `find`, with the file's name as Python knows it."""
        found = self.find(frame)
        return None if found is None else (frame.f_code.co_filename, found[1])

    def is_import(self, frame: FrameType) -> bool:
        """True if the user's innermost line only imports a module of others that did it as it was loaded."""
        walk: FrameType | None = frame
        while walk is not None and self.find(walk) is None:
            if walk.f_code is _FIND_AND_LOAD:
                return True
            walk = walk.f_back
        return False

    def innermost(self, frame: FrameType | None = None) -> tuple[str | None, int | None]:
        """Return (file, line) of the innermost frame of the user's code on the stack, or (None, None)."""
        walk: FrameType | None = sys._getframe(1) if frame is None else frame
        while walk is not None:
            found = self.find(walk)
            if found:
                return found
            walk = walk.f_back
        return None, None

    def _is_own(self, path: str) -> bool:
        if not path or path[0] == "<":
            return False
        absolute = os.path.abspath(path)
        if not _is_in_a_file(absolute):
            return False
        if absolute.startswith(self._dag_folders):
            return True
        if is_in_packages(absolute) or absolute.startswith(self._foreign):
            return False
        return absolute.startswith(self._roots)


def _is_forged(frame: FrameType) -> bool:
    """Code that was compiled under the name of another file than its module's: not that other file's doing."""
    code = frame.f_code.co_filename
    file, spec = frame.f_globals.get("__file__"), frame.f_globals.get("__spec__")
    if type(file) is str and file == code:
        return False
    return (
        type(spec) is not ModuleSpec or type(spec.origin) is not str or spec.origin != code
    )  # __file__ can be changed


def _is_in_a_file(path: str) -> bool:
    """True for a file, and for a member of one: in an archive there are folders too."""
    while not os.path.exists(path) and (parent := os.path.dirname(path)) != path:
        path = parent
    return os.path.isfile(path)


def _as_prefix(path: str) -> str:
    """A folder ends with a separator; a file is its own prefix."""
    absolute = os.path.abspath(path)
    return absolute if os.path.isfile(absolute) else absolute.rstrip(os.sep) + os.sep


_STDLIB = tuple(_as_prefix(sysconfig.get_paths()[key]) for key in ("stdlib", "platstdlib"))
