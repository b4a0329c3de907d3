"""Which Airflow is installed, without importing it."""

from __future__ import annotations

import functools
import os
import sys
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder

OLDEST = (2, 7)
NEWEST = (3, 3)  # that the tests run on
_INSTALL = 'install it beside dagcheck, for instance: pip install "apache-airflow>=2.7"'


@functools.cache
def installed() -> str | None:
    """Return the version of the installed Airflow, or None.

    From 3.0 on the code lives in `apache-airflow-core`, and `apache-airflow` only depends on it.
    """
    for distribution in ("apache-airflow-core", "apache-airflow"):
        try:
            version: str | None = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
        if version:  # None for a distribution whose metadata was half removed
            return version
    return None


@functools.cache
def release() -> tuple[int, int]:
    """Return (major, minor) of the installed Airflow; (0, 0) if there is none."""
    from packaging.version import InvalidVersion, Version  # late: half of the callers need the text only

    try:
        version = Version(installed() or "0")
    except InvalidVersion:
        return (0, 0)
    return version.major, version.minor


def at_least(major: int, minor: int) -> bool:
    """Tell whether the installed Airflow is `major.minor` or newer; a pre-release counts as its release."""
    return release() >= (major, minor)


def unsupported_reason() -> str | None:
    """Say in one sentence why the installed Airflow cannot be used, and what to install; None if it can."""
    version = installed()
    if version is None:
        return f"Apache Airflow is not installed; {_INSTALL}"
    if release() < OLDEST:
        return f"Apache Airflow {version} is installed, but dagcheck needs 2.7 or newer; {_INSTALL}"
    missing = [name for name in _needed_packages() if not _importable(name)]
    if missing:
        spec = _spec("airflow")
        found = f", and `import airflow` finds {list(spec.submodule_search_locations or ())}" if spec else ""
        return (
            f"Apache Airflow {version} is only half installed ({missing[0]} is missing){found}; "
            f'reinstall it, for instance: pip install --force-reinstall "apache-airflow=={version}"'
        )
    return None


def newer_notice() -> str | None:
    """Say in one line that nobody has tried this Airflow yet; None if it is a version that the tests run on."""
    if release() <= NEWEST:
        return None
    newest = ".".join(map(str, NEWEST))
    return f"Apache Airflow {installed()} is newer than {newest}, the newest that this dagcheck was tested with"


def _spec(name: str) -> ModuleSpec | None:
    """Find a package where the probe would: not in the working directory, which may hold a folder called airflow."""
    here = ("", os.getcwd())
    return PathFinder.find_spec(name, [entry for entry in sys.path if entry not in here])


def _needed_packages() -> tuple[str, ...]:
    return ("airflow", "airflow.sdk") if at_least(3, 0) else ("airflow",)


def _importable(name: str) -> bool:
    """Look for a package without running its code (`find_spec` on a submodule would import the parent)."""
    root, _, child = name.partition(".")
    spec = _spec(root)
    if spec is None or not spec.origin:  # a namespace left behind by a provider is not Airflow
        return False
    if not child:
        return True
    from pathlib import Path

    return any((Path(place) / child / "__init__.py").is_file() for place in spec.submodule_search_locations or ())
