"""What `--dagcheck-doctor` tells: what a bug report or a puzzled user needs. Names, never values of secrets.

Quick: versions come from the metadata of what is installed, nothing is imported for it.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from dagcheck.backends import back_ends
from dagcheck.config_sources import DEFAULT, FILE

if TYPE_CHECKING:
    from dagcheck.config import Config
    from dagcheck.errors import ConfigError

Section = tuple[str, list[tuple[str, str]]]

_AIRFLOW = ("apache-airflow", "apache-airflow-core", "apache-airflow-task-sdk")
_LIBRARIES = ("pydantic", "rich", "packaging", "hypothesis", "pyyaml", "ruff", "sqlglot")
_PLUGINS = ("pytest-xdist", "pytest-randomly", "pytest-timeout", "pytest-airflow-in-a-box")
_PROVIDER = "apache-airflow-providers-"
_HIDDEN = ("variables", "connections", "environment")


def report(
    config: Config | ConfigError,
    *,
    rootdir: Path,
    powers: Mapping[str, str],
    pytest_version: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> list[Section]:
    """Return titled sections of names and values, to be shown in this order.

    A configuration that is wrong is passed as its error. `powers` says what the sandbox can do here.
    """
    return [
        ("Versions", _versions(pytest_version)),
        ("Found", _found(config, rootdir)),
        ("Configuration", _configured(config)),
        ("Sandbox", list(powers.items())),
        ("Back-ends", back_ends(environ)),
        ("Environment that dagcheck does not pass on to DAG code", _environment(environ)),
    ]


def version(distribution: str) -> str:
    """Return the installed version, or `not installed`."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


def _versions(pytest_version: str | None) -> list[tuple[str, str]]:
    first = [
        ("python", f"{platform.python_version()} ({sys.executable})"),
        ("platform", platform.platform()),
        ("dagcheck", version("dagcheck")),
        ("pytest", pytest_version or version("pytest")),
    ]
    named = [(name, version(name)) for name in (*_AIRFLOW, *_LIBRARIES, *_PLUGINS)]
    return first + named + sorted(_providers())


def _providers() -> Iterable[tuple[str, str]]:
    found: dict[str, str] = {}
    for distribution in metadata.distributions():
        name = (distribution.metadata["Name"] or "").lower()
        if name.startswith(_PROVIDER):
            found.setdefault(name, distribution.version)  # the first on sys.path is the one imported
    return found.items()


def _found(config: Config | ConfigError, rootdir: Path) -> list[tuple[str, str]]:
    rows = [("rootdir", str(rootdir)), ("configuration", _there(rootdir / FILE))]
    if isinstance(config, ValueError):
        return rows
    for text in config.dag_folder:
        folder = config.path(text)
        rows.append(("DAG folder", _there(folder)))
        rows += [(".airflowignore", str(path)) for path in _ignore_files(folder)]
    if config.plugins_folder:
        rows.append(("plugins folder", _there(config.path(config.plugins_folder))))
    if config.baseline:
        rows.append(("baseline", _there(config.path(config.baseline))))
    return rows


def _there(path: Path) -> str:
    return str(path) if path.exists() else f"{path} (not there)"


def _ignore_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob(".airflowignore")) if folder.is_dir() else []


def _configured(config: Config | ConfigError) -> list[tuple[str, str]]:
    """Return each value that is not a default with its origin; of tables with secrets, the names."""
    if isinstance(config, ValueError):
        return [("wrong", problem) for problem in config.problems]
    origins = {key: config.origin(key) for key in type(config).model_fields if key != "rootdir"}
    rows = [
        (key, f"{_shown(key, getattr(config, key))} ({origin})") for key, origin in origins.items() if origin != DEFAULT
    ]
    return rows or [("everything", DEFAULT)]


def _shown(key: str, value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(value if key in _HIDDEN else (f"{name}={_plain(entry)}" for name, entry in value.items()))
    if isinstance(value, tuple):
        return ", ".join(str(_plain(entry)) for entry in value)
    return str(value)


def _plain(value: object) -> object:
    return getattr(value, "value", value)


def _environment(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    names = sorted(name for name in environ if name.startswith(("AIRFLOW_", "_AIRFLOW_")))
    return [(name, "set in this shell") for name in names] or [("AIRFLOW_*", "none is set in this shell")]
