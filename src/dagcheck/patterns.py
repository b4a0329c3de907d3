"""Patterns for folders: what `folder = "dags/*/legacy"` in an ignore rule means."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath


def in_folder(file: str, pattern: str) -> bool:
    """Tell whether a file is the one, or lies in a folder, that the pattern names.

    Both start at the rootdir; `*` stays within one part of a path, `**` stands for any number of parts.
    """
    parts, wanted = PurePosixPath(file).parts, PurePosixPath(pattern).parts
    return any(_match(parts[:length], wanted) for length in range(len(parts) + 1))


def _match(parts: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    if not wanted:
        return not parts
    if wanted[0] == "**":
        return _match(parts, wanted[1:]) or (bool(parts) and _match(parts[1:], wanted))
    return bool(parts) and fnmatchcase(parts[0], wanted[0]) and _match(parts[1:], wanted[1:])
