"""What dagcheck says on the terminal: header, warnings of what passed, closing table."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from dagcheck._airflow.versions import newer_notice
from dagcheck.config import keys
from dagcheck.reports import terminal as tables
from dagcheck.results import counted
from pytest_dagcheck.longrepr import write_finding
from pytest_dagcheck.sources import Running

if TYPE_CHECKING:
    from dagcheck.config import Config
    from dagcheck.judging import Verdict
    from dagcheck.results import Results

_MOST_SHOWN = 3
_TOLD_ELSEWHERE = "backend"  # by tier_report, in full
_SECRET = ("variables", "connections", "environment")  # named, never shown


class Terminal:
    """Lives in the process that has the terminal: not in an xdist worker."""

    def __init__(self, config: pytest.Config, source: Running, settings: Config) -> None:
        self._config = config
        self._source = source
        self._settings = settings
        self._ran: set[tuple[str, str | None]] = set()
        self._told: set[tuple[str, str | None]] = set()

    def pytest_report_header(self) -> list[str]:
        """Show what applies and where it was set."""
        settings = self._settings
        set_ones = [key for key in keys() if settings.origin(key) != "default" and key != _TOLD_ELSEWHERE]
        shown = ["dag_folder", "workers", "timeout", *set_ones]
        values = [f"{key}={self._value(key)} ({settings.origin(key)})" for key in dict.fromkeys(shown)]
        notice = newer_notice()
        notices = [f"dagcheck: {notice}"] if notice else []
        return [f"dagcheck: {version('dagcheck')}, {', '.join(values)}", *notices, *self._scope()]

    def _value(self, key: str) -> str:
        value = getattr(self._settings, key)
        if key in _SECRET:
            return f"{len(value)} set"
        if isinstance(value, dict) and len(value) <= _MOST_SHOWN:
            return ",".join(f"{name}:{getattr(entry, 'value', entry)}" for name, entry in value.items())
        if isinstance(value, dict):
            return f"{len(value)} set"
        return ",".join(map(str, value)) if isinstance(value, tuple) and key != "ignore" else _plain(value)

    def _scope(self) -> Iterator[str]:
        if self._source.check is None:
            yield "dagcheck: the command line picks single tests and no DAG file: no DAG folder is checked"
        if shard := self._config.getoption("dagcheck_shard"):
            yield f"dagcheck: shard {shard}: checks across DAGs see the files of this shard only"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember which items ran, and which were shown as failures: their warnings stand there."""
        if hasattr(report, "dagcheck_item"):
            file, dag_id = report.dagcheck_item
            self._ran.add((file, dag_id))
            if report.failed:
                self._told.add((file, dag_id))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the warnings of DAGs that passed, findings that belong to no item, and the closing table."""
        results = self._source.finished
        if results is None:
            return
        writer = terminalreporter._tw  # noqa: SLF001 - the public methods take no TerminalWriter
        shown = list(self._of_what_ran(results))
        verdicts = sorted((v for v, item in shown if item not in self._told), key=lambda v: v.finding.sort_key)
        if verdicts:
            terminalreporter.section("dagcheck findings")
            for verdict in verdicts:
                write_finding(writer, verdict.finding, verdict.level)
        if self._source.left_out:
            paths = ", ".join(str(path) for path in self._source.left_out[:5])
            terminalreporter.line(f"dagcheck: left out by pytest's own ignore options: {paths}", yellow=True)
        terminalreporter.section("dagcheck")
        summary = counted(results.summary, [verdict for verdict, _ in shown])
        width = min(writer.fullwidth, 120)
        terminalreporter.write_line(tables.closing_table(summary, width, colour=writer.hasmarkup).rstrip())

    def _of_what_ran(self, results: Results) -> Iterator[tuple[Verdict, tuple[str, str | None]]]:
        """Yield the findings that count with the item that tells each; those of deselected items do not count."""
        for verdict in [*results.elsewhere, *(v for result in results.files.values() for v in result.verdicts)]:
            dags = results.files[verdict.file].dags if verdict.file in results.files else ()
            item = verdict.file, verdict.dag_id if any(dag.dag_id == verdict.dag_id for dag in dags) else None
            if not verdict.baselined and (item in self._ran or verdict.file not in results.files):
                yield verdict, item


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f"{len(value)} rules" if isinstance(value, tuple) else str(value)
