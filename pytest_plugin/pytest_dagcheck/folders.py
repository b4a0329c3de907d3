"""Which DAG folders a command line means, and which of its paths are for ordinary tests."""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence
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
        """True for a DAG folder and everything in one."""
        return _is_below(path, self.folders)

    def only_added(self, path: Path) -> bool:
        """True where pytest would not have looked by itself."""
        return _is_below(path, self.added)

    def to_data(self) -> list[list[str]]:
        """Plain data for an xdist worker."""
        return [[str(path) for path in paths] for paths in (self.folders, self.narrow, self.added)]

    @classmethod
    def from_data(cls, data: Sequence[Sequence[str]]) -> Selection:
        """Read what `to_data` gave."""
        return cls(*(tuple(map(Path, paths)) for paths in data))


def _is_below(path: Path, folders: Sequence[Path]) -> bool:
    """As `is_relative_to`, which is too slow to be asked several times for each of thousands of files."""
    text = str(path)
    return any(text == str(folder) or text.startswith(f"{folder}{os.sep}") for folder in folders)


def select(config: pytest.Config, settings: Config) -> Selection:
    """Sort the paths of the command line into DAG folders and test paths.

    A path at, in or above a configured DAG folder is about that folder. Another one is a DAG folder if it holds
    Python files or archives that speak of Airflow and DAGs and are no tests; if it holds tests only, it is theirs.
    Without any DAG folder, the configured one is meant, unless the command line picks single tests
    (`file.py::test`). Raises UsageError for a path that is missing or holds neither.
    """
    given = _given(config)
    configured = [settings.path(folder) for folder in settings.dag_folder]
    known = [folder for folder in configured if folder.exists()]
    others = [path for path in given if not _about(path, known) and _holds_dags(path, config)]
    narrow = [path for path in given if any(path.is_relative_to(folder) for folder in known)]
    above = [folder for folder in known if any(folder != p and folder.is_relative_to(p) for p in given)]
    folders = [folder for folder in known if folder in above or any(p.is_relative_to(folder) for p in narrow)]
    if folders or others:
        return Selection(_unique(folders + others), _unique(narrow + others + above))
    if any("::" in arg for arg in config.args):
        return Selection()
    _require(configured, settings)
    covered = [folder for folder in configured if any(folder.is_relative_to(path) for path in _visited(config))]
    return Selection(_unique(configured), (), tuple(folder for folder in configured if folder not in covered))


def _given(config: pytest.Config) -> list[Path]:
    """The paths that the user gave; none if pytest took testpaths or the current folder."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return []
    given = _visited(config)
    missing = [path for path in given if not path.exists()]
    if missing:
        raise pytest.UsageError(f"file or directory not found: {', '.join(map(str, missing))}")
    return given


def _visited(config: pytest.Config) -> list[Path]:
    start = config.invocation_params.dir
    return [Path(os.path.normpath(start / arg.split("::")[0])) for arg in config.args]


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


def _holds_dags(path: Path, config: pytest.Config) -> bool:
    if any(path.is_relative_to(config.rootpath / entry) for entry in config.getini("testpaths")):
        return False
    patterns = ["conftest.py", *config.getini("python_files")]
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.suffix in (".py", ".zip")]
    tests = [file for file in files if file != path and any(fnmatchcase(file.name, p) for p in patterns)]
    if any(_speaks_of_dags(file) for file in files if file not in tests):
        return True
    if tests or _is_test(path, patterns):
        return False
    raise pytest.UsageError(
        f"no DAG file and no test in {path}: looked for .py files and zip archives that mention both 'airflow' and "
        f"'dag', as Airflow's safe mode does, and for tests ({', '.join(patterns)})"
    )


def _is_test(path: Path, patterns: Sequence[str]) -> bool:
    return path.is_file() and any(fnmatchcase(path.name, pattern) for pattern in patterns)


def _speaks_of_dags(file: Path) -> bool:
    """A first guess, before Airflow itself is asked; an archive always may."""
    if file.suffix == ".zip":
        return True
    try:
        text = file.read_bytes().lower()
    except OSError:
        return False
    return b"airflow" in text and (b"dag" in text or b"asset" in text)


def holds_tests(file: Path) -> bool:
    """True for a Python file that defines a test function or class at its top level."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, kinds) and node.name.lower().startswith("test") for node in tree.body)


def _unique(paths: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(paths))
