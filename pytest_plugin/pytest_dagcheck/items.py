"""pytest's view of a DAG folder: a collector per DAG file, an item for the file and one for each of its DAGs."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from _pytest.nodes import FSCollector

from dagcheck.findings import printable_line
from pytest_dagcheck.longrepr import FindingsRepr

if TYPE_CHECKING:
    import pluggy

    from dagcheck.judging import Verdict
    from dagcheck.results import FileResult


class Source(Protocol):
    """Where items get their findings from: the process that loads the files, or its results."""

    def result_of(self, file: str) -> FileResult:
        """Wait for one file's DAGs."""

    def verdicts_of(self, file: str, dag_id: str | None) -> list[Verdict]:
        """Wait for all findings about a file (no DAG id) or one of its DAGs."""


class FindingsError(Exception):
    """Raised by an item that has findings of level error."""

    def __init__(self, verdicts: list[Verdict]) -> None:
        super().__init__("; ".join(verdict.finding.headline for verdict in verdicts))
        self.verdicts = verdicts


class DagFolder(FSCollector):
    """A folder of DAG files. Not a `pytest.Directory`: of those, pytest runs the conftest.py."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the DAG files and the folders with DAG files below."""
        for path in sorted(self.path.iterdir(), key=lambda path: path.name):
            if self.session.isinitpath(path, with_parents=True) or not self.ihook.pytest_ignore_collect(
                collection_path=path, config=self.config
            ):
                yield from self._collected(path)

    def _collected(self, path: Path) -> list[pytest.Collector]:
        if path.is_dir():
            folder = self.ihook.pytest_collect_directory(path=path, parent=self)
            return [] if folder is None else [folder]
        return list(self.ihook.pytest_collect_file(file_path=path, parent=self))


class DagFile(pytest.File):
    """A DAG file; `file` is its name relative to the rootdir."""

    def __init__(self, *, source: Source, file: str, path: Path, **kwargs: Any) -> None:
        self.is_below_rootdir = not Path(file).is_absolute()
        if self.is_below_rootdir or not str(path).isprintable():
            kwargs["nodeid"] = printable_line(file)
        super().__init__(path=path, name=printable_line(path.name), **kwargs)  # names are keywords: xdist sends them
        self.source = source
        self.file = file

    @property
    def ihook(self) -> pluggy.HookRelay:
        """The hooks of its folder, as pytest finds them too, but by looking at the disk for each file."""
        assert self.parent is not None  # noqa: S101 - a session or a folder
        return self.parent.ihook

    def collect(self) -> Iterator[pytest.Item]:
        """Wait until the file is loaded: only then its DAGs are known."""
        result = self.source.result_of(self.file)
        yield DagItem.from_parent(self, name=self.name, nodeid=self.nodeid, dag_id=None, line=None)
        for dag in result.dags:
            yield DagItem.from_parent(self, name=dag.dag_id, dag_id=dag.dag_id, line=dag.line)


class DagItem(pytest.Item):
    """The findings about a DAG file (`dag_id` None: it loads) or about one of its DAGs (its checks)."""

    parent: DagFile

    def __init__(self, *, dag_id: str | None, line: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dag_id = dag_id
        self.line = line
        self.verdicts: list[Verdict] = []

    @property
    def ihook(self) -> pluggy.HookRelay:
        """As `DagFile.ihook`."""
        return self.parent.ihook

    @functools.cached_property
    def location(self) -> tuple[str, int | None, str]:
        """As pytest has it, which compares paths for each item; a DAG file's name is its path below the rootdir."""
        if not self.parent.is_below_rootdir:
            return super().location
        _, line, title = self.reportinfo()
        return self.parent.file.replace("/", os.sep), line, title

    def runtest(self) -> None:
        """Fail if there is a finding of level error that no baseline knows."""
        self.verdicts = self.parent.source.verdicts_of(self.parent.file, self.dag_id)
        if any(verdict.level.value == "error" and not verdict.baselined for verdict in self.verdicts):
            raise FindingsError([verdict for verdict in self.verdicts if not verdict.baselined])

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show findings as they are; anything else is dagcheck's own error and keeps its traceback."""
        if isinstance(excinfo.value, FindingsError):
            silent = self.config.getoption("tbstyle") == "line"
            return FindingsRepr([(v.finding, v.level) for v in excinfo.value.verdicts], silent=silent)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the line of the DAG; the headline says what kind of item this is."""
        line = None if self.line is None else self.line - 1
        return self.path, line, printable_line(f"DAG {self.dag_id}" if self.dag_id else f"DAG file {self.parent.file}")
