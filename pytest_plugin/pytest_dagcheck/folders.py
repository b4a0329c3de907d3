"""Which DAG folders a command line means, and which of its paths are for ordinary tests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from dagcheck.config import Config


@dataclass(frozen=True, slots=True)
class Selection:
    """`folders` to discover DAG files in; `narrow`: the files wanted of them (all, if empty); `added`: not yet args."""

    folders: tuple[Path, ...] = ()
    narrow: tuple[Path, ...] = ()
    added: tuple[Path, ...] = ()

    def holds(self, path: Path) -> bool:
        """Is the path one of the DAG folders, or in one?"""
        return any(path.is_relative_to(folder) for folder in self.folders)

    def only_added(self, path: Path) -> bool:
        """Would pytest not have looked here by itself?"""
        return any(path.is_relative_to(folder) for folder in self.added)

    def to_data(self) -> list[list[str]]:
        """Plain data for an xdist worker."""
        return [[str(path) for path in paths] for paths in (self.folders, self.narrow, self.added)]

    @classmethod
    def from_data(cls, data: Sequence[Sequence[str]]) -> Selection:
        """Read what `to_data` gave."""
        return cls(*(tuple(map(Path, paths)) for paths in data))


def select(config: pytest.Config, settings: Config) -> Selection:
    """Sort the paths of the command line into DAG folders and test paths.

    A path at, in or above a configured DAG folder is about that folder. Another one is a DAG folder if it holds
    Python files or archives that speak of Airflow and DAGs and are no tests. Without any, the configured folder is
    meant, unless the command line picks single tests (`file.py::test`).
    """
    configured = [settings.path(folder) for folder in settings.dag_folder]
    given = [Path(os.path.abspath(config.invocation_params.dir / arg.split("::")[0])) for arg in config.args]
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        given = []
    known = [folder for folder in configured if folder.exists()]
    narrow = [path for path in given if any(path.is_relative_to(folder) for folder in known)]
    above = [folder for folder in known if any(folder.is_relative_to(path) and folder != path for path in given)]
    others = [path for path in given if not _about(path, known) and _holds_dags(path, config)]
    folders = [folder for folder in known if folder in above or any(p.is_relative_to(folder) for p in narrow)]
    if folders or others:
        return Selection(_unique(folders + others), _unique(narrow + others + above), ())
    if any("::" in arg for arg in config.args):
        return Selection()
    _require(configured, settings)
    return Selection(_unique(configured), (), tuple(f for f in configured if not _covered(f, config)))


def _about(path: Path, folders: Sequence[Path]) -> bool:
    return any(path.is_relative_to(folder) or folder.is_relative_to(path) for folder in folders)


def _require(folders: Sequence[Path], settings: Config) -> None:
    missing = [folder for folder in folders if not folder.exists()]
    if missing:
        origin = settings.origin("dag_folder")
        said = "the default" if origin == "default" else f"dag_folder in {origin}"
        raise pytest.UsageError(
            f"no DAG folder at {', '.join(map(str, missing))} ({said}): give it on the command line, as in "
            "pytest --dagcheck path/to/dags, or set dag_folder in [tool.dagcheck] of pyproject.toml"
        )


def _covered(folder: Path, config: pytest.Config) -> bool:
    """Does pytest visit the folder anyway?"""
    paths = [Path(os.path.abspath(config.invocation_params.dir / arg.split("::")[0])) for arg in config.args]
    return any(folder.is_relative_to(path) for path in paths)


def _holds_dags(path: Path, config: pytest.Config) -> bool:
    tests = [config.rootpath / entry for entry in config.getini("testpaths")]
    if any(path.is_relative_to(entry) for entry in tests):
        return False
    return any(_speaks_of_dags(file) for file in _candidates(path, config.getini("python_files")))


def _candidates(path: Path, test_patterns: Sequence[str]) -> Iterator[Path]:
    files = [path] if path.is_file() else path.rglob("*")
    for file in files:
        is_test = file.name == "conftest.py" or any(fnmatchcase(file.name, pattern) for pattern in test_patterns)
        if file.suffix in (".py", ".zip") and (file == path or not is_test):
            yield file


def _speaks_of_dags(file: Path) -> bool:
    """A first guess, before Airflow itself is asked; an archive always may."""
    if file.suffix == ".zip":
        return True
    try:
        text = file.read_bytes().lower()
    except OSError:
        return False
    return b"airflow" in text and (b"dag" in text or b"asset" in text)


def _unique(paths: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(paths))
