"""One pytest session with `--dagcheck`: where its items get their findings from, and how it is wired into pytest."""

from __future__ import annotations

import functools
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from dagcheck._airflow.versions import unsupported_reason
from dagcheck.checks.registry import all_checks
from dagcheck.config import Config, load
from dagcheck.dagbag.records import share
from dagcheck.errors import ConfigError
from dagcheck.shard import parse
from pytest_dagcheck import options
from pytest_dagcheck.folders import Selection, holds_tests, select
from pytest_dagcheck.hosting import shared_folder
from pytest_dagcheck.items import DagFile, DagFolder, DagItem
from pytest_dagcheck.longrepr import FindingsRepr
from pytest_dagcheck.sources import Finished, Running
from pytest_dagcheck.terminal import Terminal


def plugin_for(config: pytest.Config) -> SessionPlugin:
    """Begin to load DAG files and return the plugin; a wrong configuration becomes a usage error.

    In an xdist worker nothing is loaded: the controller did, and handed on the results.
    """
    if hasattr(config, "workerinput"):
        results, *data = config.workerinput["dagcheck"]
        selection = Selection.from_data(data)
        config.args.extend(str(folder) for folder in selection.added)  # xdist hands on what was typed
        return SessionPlugin(config, Finished(results), selection)
    if reason := unsupported_reason():
        raise pytest.UsageError(reason)
    try:
        settings = _settings(config)
        shard = config.getoption("dagcheck_shard")
        selection = select(config, settings)
        source = Running(config, settings, selection, parse(shard) if shard else None)
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from None
    config.args.extend(str(folder) for folder in selection.added)
    plugin = SessionPlugin(config, source, selection)
    config.pluginmanager.register(Terminal(config, source, settings), "dagcheck-terminal")
    return plugin


def _settings(config: pytest.Config) -> Config:
    settings = load(config.rootpath, options.overrides(config), all_checks())
    if config.getoption("dagcheck_write_baseline") and settings.baseline is None:
        raise ConfigError("--dagcheck-write-baseline needs --dagcheck-baseline FILE")
    return settings


class SessionPlugin:
    """Turns DAG files into items."""

    def __init__(self, config: pytest.Config, source: Running | Finished, selection: Selection) -> None:
        self._config = config
        self._source = source
        self._selection = selection
        self._norecurse = tuple(config.getini("norecursedirs"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """What went wrong while DAG files were collected ends the session, instead of one collector."""
        result = yield
        self._source.raise_problem()
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> Generator[None, bool | None, bool | None]:
        """DAG files are collected wherever Airflow finds them; in a folder that was only added, nothing else is."""
        ignored = yield
        path = Path(collection_path)
        if not self._selection.holds(path):
            return ignored
        wanted = self._source.holds(path)
        if not wanted:
            return True if self._selection.only_added(path) else ignored
        if ignored and path.is_dir() and any(path.match(pattern) for pattern in self._norecurse):
            return False
        if ignored:
            self._source.left_out.append(path)
        return ignored

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """A DAG folder without tests is none of pytest's folders: no `__init__.py` and no conftest.py is run."""
        if not (self._selection.holds(path) and self._source.holds(path)):
            return None
        kind = pytest.Dir if path in self._folders_with_tests else DagFolder
        return kind.from_parent(parent, path=path)

    @functools.cached_property
    def _folders_with_tests(self) -> set[Path]:
        return {
            parent
            for folder in self._selection.folders
            if folder.is_dir() and not self._selection.only_added(folder)
            for file in folder.rglob("*.py")
            if self._is_named_like_a_test(file) and holds_tests(file)
            for parent in file.parents
        }

    def _is_named_like_a_test(self, path: Path) -> bool:
        return any(path.match(pattern) for pattern in self._config.getini("python_files"))

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """A DAG file is not imported as a test module, unless it is one: it has tests by name, and no DAG."""
        others = yield
        file = self._source.name_of(file_path) if self._selection.holds(file_path) else None
        if file is None:
            return others
        if others:
            result = self._source.result_of(file)
            is_test = self._is_named_like_a_test(file_path) and not result.dags and not result.blocks_import
            others = others if is_test and holds_tests(file_path) else []
        return [DagFile.from_parent(parent, path=file_path, source=self._source, file=file), *others]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Wait for everything before the first test, so that dagcheck's own failure is nobody's test failure."""
        if not session.config.getoption("collectonly"):
            self._source.prepare()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Run a DAG's item in one phase: it has nothing to set up or tear down, and folders have thousands of DAGs.

        One with a marker (a skip that a conftest added, say) goes pytest's ordinary way.
        """
        if not isinstance(item, DagItem) or next(item.iter_markers(), None) is not None:
            return None
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reraise = (pytest.exit.Exception, KeyboardInterrupt)
        call = pytest.CallInfo.from_call(item.runtest, when="call", reraise=reraise)
        hook.pytest_runtest_logreport(report=hook.pytest_runtest_makereport(item=item, call=call))
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the findings travel with the report."""
        report = yield
        if isinstance(item, DagItem) and report.when == "call":
            report.dagcheck_item = [item.parent.file, item.dag_id]  # type: ignore[attr-defined]
        if isinstance(report.longrepr, FindingsRepr):
            report.dagcheck_findings = report.longrepr.to_data()  # type: ignore[attr-defined]
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Put back the findings of a report that came from an xdist worker as text."""
        data: Any = getattr(report, "dagcheck_findings", None)
        if data and not isinstance(report.longrepr, FindingsRepr):
            report.longrepr = FindingsRepr.from_data(data, silent=self._config.getoption("tbstyle") == "line")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """The xdist controller loads once and hands the results to each worker."""
        assert isinstance(self._source, Running)  # noqa: S101 - a worker has no nodes
        results = self._source.write_results()
        share(shared_folder(node.config))
        node.workerinput["dagcheck"] = [results and str(results), *self._selection.to_data()]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Errors that no item could tell fail the run all the same."""
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and self._source.fails:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_unconfigure(self) -> None:
        """Leave nothing running, however the session ended."""
        self._source.close()
