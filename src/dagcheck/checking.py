"""Checks a DAG folder from end to end: probe, checks, ignores, baseline, results."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dagcheck import baseline, ruff_findings
from dagcheck.checks.registry import all_checks
from dagcheck.checks.ruff_rules import CODES
from dagcheck.config import Config
from dagcheck.errors import ConfigError
from dagcheck.findings import Level
from dagcheck.ignores import Ignores
from dagcheck.judging import Judge, Verdict
from dagcheck.probe.client import Probe
from dagcheck.probing import probe_environment, probe_settings
from dagcheck.record import FileRecord
from dagcheck.reports.summary import Summary
from dagcheck.results import DagLine, FileResult, Results, path_to_text, summarise
from dagcheck.sandbox.environment import make_home
from dagcheck.sandbox.usercode import text_path
from dagcheck.shard import Shard
from dagcheck.spec import ExternalRef, TaskSpec


class FolderCheck:
    """One run over the DAG files of `folders`, begun at once in the background; `close` ends it.

    `narrow`: only the files at or below these paths. `outside` is the environment that the allow-list is applied to.
    Raises ConfigError for what is wrong with the configuration or its files.
    """

    def __init__(
        self,
        config: Config,
        folders: Sequence[Path],
        *,
        narrow: Sequence[Path] = (),
        shard: Shard | None = None,
        write_baseline: bool = False,
        outside: Mapping[str, str] = os.environ,
    ) -> None:
        self._config = config
        self._folders = folders
        self._narrow = narrow
        self._shard = shard
        self._write_baseline = write_baseline
        if config.baseline is not None and not write_baseline:
            baseline.read(config.path(config.baseline))  # what is wrong with it is told before anything is loaded
        self._started = time.monotonic()
        self._judge = Judge(config, all_checks())
        self._results: dict[int, FileResult] = {}
        self._outlines: dict[int, FileRecord] = {}
        self._names: list[str] = []
        self._paths: list[str] = []
        self._numbers: dict[str, int] = {}
        self.home = Path(tempfile.mkdtemp(prefix="dagcheck-"))
        try:
            make_home(self.home)
            environment = probe_environment(config, folders, self.home, outside)
            wanted = {"sweep": self._judge.wants_sweep, "with_sql": "sql-syntax" in self._judge.active}
            settings = probe_settings(config, folders, self.home, **wanted)
            self._probe = Probe(settings, environment, self._judge_file)
        except BaseException:
            shutil.rmtree(self.home, ignore_errors=True)
            raise

    def files(self) -> dict[str, Path]:
        """Wait for the DAG files of this run by their names; raises ConfigError where there are none.

        A name is the path relative to the rootdir, as text that can be written down.
        """
        if not self._numbers:
            self._discover()
        return {name: Path(self._paths[number]) for name, number in self._numbers.items()}

    def _discover(self) -> None:
        paths = self._paths = self._probe.discover()
        self._names = [_relative(path, self._config.rootdir) for path in paths]
        for wanted in self._narrow or self._folders:
            if not any(Path(path).is_relative_to(wanted) for path in paths):
                raise ConfigError(_nothing_there(wanted, self._folders))
        chosen = [number for number, path in enumerate(paths) if self._is_wanted(path)]
        self._numbers = {self._names[number]: number for number in chosen}
        self._probe.load(chosen)

    def _is_wanted(self, path: str) -> bool:
        if self._narrow and not any(Path(path).is_relative_to(wanted) for wanted in self._narrow):
            return False
        return self._shard is None or self._shard.holds(_relative(path, self._config.rootdir))

    @property
    def progress(self) -> tuple[int, int]:
        """How many files have been loaded, and how many there are."""
        return len(self._results), len(self._numbers)

    def result_of(self, file: str, tick: Callable[[], None]) -> FileResult:
        """Wait for one file; its verdicts are complete only in `results`. `tick` is called now and then meanwhile."""
        number = self._numbers[file]
        self._probe.wait_for(number, tick)
        return self._results[number]

    def _judge_file(self, number: int, record: FileRecord) -> None:
        """Called in the probe's background thread."""
        kind = record.failure.kind if record.failure else None
        self._results[number] = FileResult(
            file=record.file,
            path=path_to_text(self._paths[number]),
            dags=tuple(_dag_lines(record)),
            tasks=sum(len(dag.tasks) for dag in record.dags),
            seconds=record.seconds,
            blocks_import=kind in ("exit", "timeout", "crash", "memory", "forged"),
            cut_short=sum(not swept.complete for swept in record.swept),
            verdicts=tuple(self._judge.file(record)),
        )
        self._outlines[number] = _outline(record)

    def records(self, tick: Callable[[], None]) -> Iterator[tuple[str, str]]:
        """Wait for everything and yield path and record (as JSON) of each file."""
        self.files()
        self._probe.finish(tick)
        for number in sorted(self._numbers.values()):
            yield self._paths[number], self._probe.spool.line(number).decode("ascii")

    def results(self, tick: Callable[[], None]) -> Results:
        """Wait for everything and return the results; (over)writes the baseline file if that was asked for."""
        self.files()
        self._probe.finish(tick)
        verdicts = [verdict for number in sorted(self._results) for verdict in self._results[number].verdicts]
        verdicts += self._of_ruff()
        verdicts += self._judge.folder(list(self._folder_records()), complete=not self._narrow and self._shard is None)
        names = [self._names[number] for number in self._results]
        kept, ignored = self._without_ignored(verdicts, names)
        judged = self._against_baseline(kept, names)
        return self._collect(judged, Summary(ignored=ignored, seconds=round(time.monotonic() - self._started, 2)))

    def _of_ruff(self) -> list[Verdict]:
        paths = {self._names[number]: self._paths[number] for number in self._results}
        found = ruff_findings.find(paths, self._judge.active & frozenset(CODES), self._config.rootdir)
        return [self._judge.verdict(finding, finding.file) for finding in found]

    def _folder_records(self) -> Iterator[FileRecord]:
        """The outlines in the order of the files; with all their tasks where other DAGs name tasks of theirs."""
        named = {ref.dag_id for record in self._outlines.values() for ref in _references(record) if ref.task_ids}
        for number in sorted(self._outlines):
            outline = self._outlines[number]
            asked = any(dag.dag_id in named for dag in outline.dags)
            yield replace(outline, dags=self._probe.spool.get(number).dags) if asked else outline

    def _without_ignored(self, verdicts: Sequence[Verdict], names: Collection[str]) -> tuple[list[Verdict], int]:
        checks = all_checks()
        rules = self._config.ignore
        ignores = Ignores(self._config.rootdir, rules, checks, self._names, active=self._judge.active)
        kept = [verdict for verdict in verdicts if ignores.covers(verdict.finding) is None]
        ignored = len(verdicts) - len(kept)
        kept += [verdict for verdict in self._silent_failures(kept) if ignores.covers(verdict.finding) is None]
        if "unused-ignore" in self._judge.active:
            unused = [self._judge.verdict(finding, finding.file) for finding in ignores.unused(names)]
            kept += [verdict for verdict in unused if ignores.covers(verdict.finding) is None]
        return kept, ignored

    def _silent_failures(self, kept: Sequence[Verdict]) -> Iterator[Verdict]:
        """Files that failed to load, and of which nothing says so any more."""
        told = {verdict.file for verdict in kept if verdict.level is Level.ERROR}
        for record in self._outlines.values():
            if record.failure is not None and record.failure.kind == "refused" and record.file not in told:
                yield from self._judge.failure(record)

    def _against_baseline(self, verdicts: list[Verdict], names: Collection[str]) -> list[Verdict]:
        if self._config.baseline is None:
            return verdicts
        path, root = self._config.path(self._config.baseline), self._config.rootdir
        findings = [verdict.finding for verdict in verdicts]
        if self._write_baseline:
            known = baseline.read(path) if path.exists() else None
            stored = baseline.write(path, findings, names, known, root)
        else:
            stored = baseline.read(path)
        old = {id(finding) for finding in stored.split(findings)[1]}
        judged = [replace(verdict, baselined=id(verdict.finding) in old) for verdict in verdicts]
        if "stale-baseline" in self._judge.active:
            judged += [self._judge.verdict(f, f.file) for f in stored.stale(findings, names, root)]
        return judged

    def _collect(self, verdicts: Sequence[Verdict], base: Summary) -> Results:
        by_file: dict[str, list[Verdict]] = {name: [] for name in self._numbers}
        elsewhere: list[Verdict] = []
        for verdict in _once(verdicts):
            by_file.get(verdict.file, elsewhere).append(verdict)
        files = {
            name: replace(self._results[number], verdicts=tuple(by_file[name]))
            for name, number in self._numbers.items()
        }
        return Results(files=files, elsewhere=tuple(elsewhere), summary=summarise(files.values(), base))

    @property
    def powers(self) -> dict[str, bool]:
        """Which namespaces the probe has: `processes`, `network`; known once `files` has returned."""
        return self._probe.powers

    def close(self) -> None:
        """End all processes and remove the throwaway home; safe to call at any time, more than once."""
        self._probe.close()
        self._probe.spool.close()
        shutil.rmtree(self.home, ignore_errors=True)


def _outline(record: FileRecord) -> FileRecord:
    """What checks across files need of a record: small, since all of them are in memory at once."""
    dags = (replace(dag, tasks=tuple(filter(_reaches_out, dag.tasks)), groups=(), params=()) for dag in record.dags)
    return replace(record, dags=tuple(dags), problems=(), events=(), deprecations=(), costs=(), volatile=(), swept=())


def _references(record: FileRecord) -> Iterator[ExternalRef]:
    return (ref for dag in record.dags for task in dag.tasks for ref in (*task.waits_for, *task.triggers))


def _reaches_out(task: TaskSpec) -> bool:
    return bool(task.waits_for or task.triggers or task.inlets or task.outlets)


def _dag_lines(record: FileRecord) -> Iterator[DagLine]:
    """Each id once, also of DAGs that share one."""
    lines = {dag.dag_id: dag.line for dag in reversed(record.dags)}
    for dag_id in dict.fromkeys(dag.dag_id for dag in record.dags):
        yield DagLine(dag_id=dag_id, line=lines[dag_id])


def _once(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    """A warning in a module that many DAG files import is told once; an error fails each of them, once."""
    seen = set()
    for verdict in verdicts:
        key = verdict.finding, verdict.file if verdict.level is Level.ERROR else None
        if key not in seen:
            seen.add(key)
            yield verdict


def _relative(path: str, rootdir: Path) -> str:
    return text_path(path.removeprefix(f"{rootdir}{os.sep}").replace(os.sep, "/"))


def _nothing_there(wanted: Path, folders: Sequence[Path]) -> str:
    if wanted in folders and wanted.is_dir():
        return (
            f"no DAG file in {wanted}: looked for .py files and zip archives that mention both 'airflow' and 'dag', "
            "as Airflow's safe mode does, and that no .airflowignore leaves out"
        )
    return (
        f"{wanted} is, or holds, no DAG file: Airflow's safe mode wants both 'airflow' and 'dag' in its text, and no "
        ".airflowignore that leaves it out"
    )
