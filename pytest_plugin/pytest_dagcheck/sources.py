"""Where items get their findings from: a check that runs in the background, or the results of a finished one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagcheck.checking import FolderCheck
from dagcheck.dagbag.records import offer
from dagcheck.errors import ConfigError
from dagcheck.findings import Level
from dagcheck.results import FileResult, Results, path_from_text

if TYPE_CHECKING:
    from dagcheck.config import Config
    from dagcheck.judging import Verdict
    from dagcheck.shard import Shard
    from pytest_dagcheck.folders import Selection


class Paths:
    """DAG files and the folders above them, by absolute path."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._names = {path: file for file, path in files.items()}
        self._folders: set[Path] = set()
        for path in self._names:
            self._folders.update(itertools.takewhile(lambda parent: parent not in self._folders, path.parents))

    def name_of(self, path: Path) -> str | None:
        """Return a DAG file's name relative to the rootdir."""
        return self._names.get(path)

    def holds(self, path: Path) -> bool:
        """True for a DAG file, and for a folder with one."""
        return path in self._names or path in self._folders


class Running:
    """The check of this process; begins at once. Problems are kept for `raise_problem`, outside of any collector."""

    def __init__(self, config: pytest.Config, settings: Config, selection: Selection, shard: Shard | None) -> None:
        self._config = config
        self._paths: Paths | None = None
        self._problem: BaseException | None = None
        self._results: Results | None = None
        self.left_out: list[Path] = []
        self.check: FolderCheck | None = None
        if selection.folders:
            write = bool(config.getoption("dagcheck_write_baseline"))
            self.check = FolderCheck(
                settings, selection.folders, narrow=selection.narrow, shard=shard, write_baseline=write
            )
            if shard is None and (not selection.narrow or set(selection.folders) <= set(selection.narrow)):
                offer(settings, selection.folders, partial(self.check.records, self._progress))

    def _known(self) -> Paths:
        if self._paths is None:
            files: dict[str, Path] = {}
            try:
                files = self.check.files() if self.check else {}
            except ConfigError as error:
                self._problem = pytest.UsageError(str(error))
            except Exception as error:  # noqa: BLE001 - raised again by raise_problem
                self._problem = error
            self._paths = Paths(files)
        return self._paths

    def name_of(self, path: Path) -> str | None:
        """As `Paths.name_of`; waits until the DAG files are known."""
        return self._known().name_of(path)

    def holds(self, path: Path) -> bool:
        """As `Paths.holds`; waits until the DAG files are known."""
        return self._known().holds(path)

    def result_of(self, file: str) -> FileResult:
        """Wait until the file is loaded."""
        assert self.check is not None  # noqa: S101 - there is no file without a check
        if self._problem is not None:
            raise self._problem
        try:
            return self.check.result_of(file, self._progress)
        except (Exception, KeyboardInterrupt) as error:  # pytest 8.0 and 8.1 take Ctrl-C for one collector's error
            self._problem = error
            raise

    def _progress(self) -> None:
        """Tell a person at a terminal how far it is; called a few times a second while somebody waits."""
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None and reporter.isatty and self.check is not None and self._config.get_verbosity() >= 0:
            done, total = self.check.progress
            reporter.rewrite(f"loading DAG files: {done} of {total}", erase=True)

    def raise_problem(self) -> None:
        """Raise what went wrong so far: a usage error, or dagcheck's own failure."""
        self._known()
        if self._problem is not None:
            raise self._problem

    def prepare(self) -> None:
        """Wait for all results."""
        self.results()

    def results(self) -> Results | None:
        """Wait for all results; None where no DAG folder was asked for."""
        if self._results is None and self.check is not None:
            try:
                self._results = self.check.results(self._progress)
            except ConfigError as error:
                raise pytest.UsageError(str(error)) from None
        return self._results

    @property
    def finished(self) -> Results | None:
        """The results, if they are there already."""
        return self._results

    def verdicts_of(self, file: str, dag_id: str | None) -> list[Verdict]:
        """All findings about a file or one of its DAGs."""
        results = self.results()
        return results.files[file].of(dag_id) if results else []

    def write_results(self) -> Path | None:
        """Write the results where xdist workers can read them; None where no DAG folder was asked for."""
        results = self.results()
        if results is None or self.check is None:
            return None
        path = self.check.home / "results.json"
        if not path.exists():
            results.write(path)
        return path

    @property
    def fails(self) -> bool:
        """True if there is an error that no item tells."""
        elsewhere = self._results.elsewhere if self._results else ()
        return any(verdict.level is Level.ERROR and not verdict.baselined for verdict in elsewhere)

    def close(self) -> None:
        """End all processes of the check."""
        if self.check is not None:
            self.check.close()


class Finished:
    """The results that an xdist controller handed to its workers."""

    def __init__(self, path: str | None) -> None:
        self._files = Results.read(Path(path)).files if path else {}
        self._paths = Paths({name: path_from_text(result.path) for name, result in self._files.items()})
        self.left_out: list[Path] = []
        self.fails = False  # the controller's to tell

    def name_of(self, path: Path) -> str | None:
        """As `Paths.name_of`."""
        return self._paths.name_of(path)

    def holds(self, path: Path) -> bool:
        """As `Paths.holds`."""
        return self._paths.holds(path)

    def result_of(self, file: str) -> FileResult:
        """The file's result."""
        return self._files[file]

    def verdicts_of(self, file: str, dag_id: str | None) -> list[Verdict]:
        """All findings about a file or one of its DAGs."""
        return self._files[file].of(dag_id)

    def raise_problem(self) -> None:
        """Nothing can go wrong any more."""

    def prepare(self) -> None:
        """Everything is there."""

    def close(self) -> None:
        """Nothing runs here."""
