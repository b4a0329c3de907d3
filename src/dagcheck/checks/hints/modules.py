"""Imports of anything but Airflow that fail: the standard library, the repository's own modules, packages."""

from __future__ import annotations

import sys
from pathlib import PurePosixPath

from dagcheck.checks.hints.distributions import ADDED, REMOVED, distribution
from dagcheck.checks.hints.hint import Hint
from dagcheck.checks.hints.lines import kind, missing_module
from dagcheck.checks.hints.lines import missing_name as missing_name_of
from dagcheck.checks.wording import name as shown
from dagcheck.record import FileRecord, Raised

# Names that repositories give to their own folders and modules, and that nobody installs.
_OWN_NAMES = frozenset({
    "common", "commons", "config", "configs", "configuration", "constants", "custom_operators", "custom_sensors",
    "dag_factory", "dag_utils", "dags", "factories", "factory", "helper", "helpers", "hooks", "include", "includes",
    "lib", "libs", "local_settings", "macros", "operators", "plugins", "scripts", "sensors", "settings", "shared",
    "sql", "src", "tasks", "tests", "util", "utils",
})  # fmt: skip


def standard_library(raised: Raised, _: FileRecord) -> Hint | None:
    """A module or name of another Python's standard library."""
    missing = missing_module(raised)
    module, name = missing_name_of(raised) or (missing or "", None)
    what = module if name is None else f"{module}.{name}"
    version = ADDED.get(what)
    if version and not _runs(version):
        return Hint(f"{what} came with Python {version}", f"check the file with Python {version} or newer")
    gone, instead = REMOVED.get(module.split(".", 1)[0], ("", "")) if missing else ("", "")
    if gone and _runs(gone):
        running = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return Hint(
            f"Python {gone} took {shown(what)} out of the standard library, and this is Python {running}", instead
        )
    return None


def _runs(version: str) -> bool:
    return sys.version_info[:2] >= tuple(map(int, version.split(".")))


def circular(raised: Raised, _: FileRecord) -> Hint | None:
    """Two modules that import each other, or a file named like the package that it imports."""
    if kind(raised) not in {"ImportError", "AttributeError"} or "circular import" not in raised.message:
        return None
    return Hint(
        "two modules import each other, or a file of yours has the name of the package that it imports",
        "rename the file, or move one of the imports into the function that needs it",
    )


def own_module(raised: Raised, record: FileRecord) -> Hint | None:
    """A module that stands in the repository, but not on sys.path."""
    missing = missing_module(raised)
    if missing is None:
        return None
    top = missing.split(".", 1)[0]
    folder = _folder_of(top, [record.file, *(frame.file for frame in raised.frames)])
    if folder is None and top not in _OWN_NAMES:
        return None
    entry = f'["{folder}"]' if folder else "[...]"
    return Hint(
        f"{shown(top)} {'is' if folder else 'looks like'} a module of the repository, and the folder that holds it is "
        "not on sys.path",
        f"name that folder under [tool.dagcheck]: pythonpath = {entry}",
    )


def missing_name(raised: Raised, _: FileRecord) -> Hint | None:
    """A module that is there, without the name that the file imports from it."""
    target = missing_name_of(raised)
    if target is None:
        return None
    module, name = map(shown, target)
    return Hint(
        f"{module} is there, but this version of it has no {name}",
        f"correct the name, or install the version of {module.split('.', 1)[0]} that has it",
    )


def missing_package(raised: Raised, _: FileRecord) -> Hint | None:
    """A package that is not installed."""
    missing = missing_module(raised)
    if missing is None:
        return None
    top = shown(missing.split(".", 1)[0])
    return Hint(
        f"{shown(missing)} is not installed in this environment",
        f"pip install {shown(distribution(missing))}; if {top} is a module of your repository, name the folder that "
        "holds it under [tool.dagcheck] pythonpath",
    )


def _folder_of(top: str, files: list[str]) -> str | None:
    """Return the folder that holds one called `top`, if the path of one of the files goes through it."""
    for file in files:
        parts = PurePosixPath(file).parts
        if top in parts[:-1]:
            return shown("/".join(parts[: parts.index(top)]).replace("//", "/") or ".")
    return None
