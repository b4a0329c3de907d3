"""What a finished run found, as plain data: the same for the process that loaded the files and its xdist workers."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from dagcheck.findings import Finding, Level  # noqa: F401 -- pydantic 2.4 looks in this module alone
from dagcheck.judging import Verdict
from dagcheck.record import encode
from dagcheck.reports.summary import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class DagLine:
    """A DAG of a file and the line that made it; `refused` by Airflow or not, it has its own item."""

    dag_id: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """One DAG file: what it defines, how long it took to load (seconds), and what was found in it.

    `blocks_import`: it must not be imported by anything else in this process (it exits, hangs or crashes).
    """

    file: str
    path: str = ""  # absolute; see `path_to_text`
    dags: tuple[DagLine, ...] = ()
    tasks: int = 0
    seconds: float = 0.0
    blocks_import: bool = False
    cut_short: int = 0  # DAGs
    verdicts: tuple[Verdict, ...] = ()

    def of(self, dag_id: str | None) -> list[Verdict]:
        """Return the verdicts on one DAG, or on the file itself; a DAG without an item leaves them to the file."""
        known = {dag.dag_id for dag in self.dags}
        mine = [v for v in self.verdicts if v.dag_id == dag_id or (dag_id is None and v.dag_id not in known)]
        return sorted(mine, key=lambda verdict: verdict.finding.sort_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All files by name, findings about no DAG file at all, and the figures."""

    files: dict[str, FileResult]
    elsewhere: tuple[Verdict, ...]
    summary: Summary

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(encode(self), encoding="ascii")

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read what `write` wrote."""
        from pydantic import TypeAdapter  # late, as everywhere: it costs start-up time

        results: Results = TypeAdapter(cls).validate_json(path.read_bytes())
        return results


def path_to_text(path: str) -> str:
    """Return any path as text that JSON can carry, also one whose bytes are no text."""
    return os.fsencode(path).decode("latin-1")


def path_from_text(text: str) -> Path:
    """Return the path that `path_to_text` was given."""
    return Path(os.fsdecode(text.encode("latin-1")))


def summarise(files: Iterable[FileResult], base: Summary) -> Summary:
    """Count what was checked; `base` brings the figures that are known elsewhere (seconds, ignored)."""
    results = list(files)
    slowest = sorted(((result.file, result.seconds) for result in results), key=lambda pair: -pair[1])
    return dataclasses.replace(
        base,
        files=len(results),
        dags=sum(len(result.dags) for result in results),
        tasks=sum(result.tasks for result in results),
        cut_short=sum(result.cut_short for result in results),
        baselined=sum(verdict.baselined for result in results for verdict in result.verdicts),
        slowest=tuple(slowest[:3]),
    )


def counted(summary: Summary, verdicts: Collection[Verdict]) -> Summary:
    """Add the numbers of these findings, by level."""
    levels = [verdict.level.value for verdict in verdicts]
    return dataclasses.replace(summary, errors=levels.count("error"), warnings=levels.count("warning"))
