"""From facts to verdicts: runs the checks, gives each finding its level, sets aside what is ignored or known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dagcheck.checks.registry import Check, Settings
from dagcheck.config import Config
from dagcheck.connections import type_of
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A finding that counts: its level, and the DAG file (and DAG) whose item tells it.

    The finding itself may point into a module that the DAG file imports.
    """

    finding: Finding
    level: Level
    file: str
    dag_id: str | None = None
    baselined: bool = False


class Judge:
    """Applies the checks that the configuration has not switched off."""

    def __init__(self, config: Config, checks: dict[str, Check]) -> None:
        self._levels = {name: config.level_of(name, check.level) for name, check in checks.items()}
        self._checks = [check for name, check in checks.items() if self._levels[name] is not Level.OFF]
        self._settings = Settings(
            parse_seconds=config.parse_seconds,
            timeout=config.timeout,
            memory_mib=config.memory,
            catchup_runs=config.catchup_runs,
            pools=config.pools,
            connections=frozenset(config.all_connections()),
            connection_types={name: type_of(text) for name, text in config.all_connections().items()},
            variables=frozenset(config.all_variables()),
            policy=config.policy,
            external_dags=config.external_dags,
            external_assets=config.external_assets,
            deciding=frozenset(name for name, level in self._levels.items() if level is Level.ERROR),
        )

    @property
    def active(self) -> frozenset[str]:
        """Names of the checks that run."""
        return frozenset(check.name for check in self._checks)

    @property
    def wants_sweep(self) -> bool:
        """Tell whether a check runs that needs the DAGs' runs over their dates."""
        return any(check.family == "Branches and runs" for check in self._checks)

    def file(self, record: FileRecord) -> list[Verdict]:
        """Judge one file and its DAGs."""
        return [self.verdict(finding, record.file) for finding in self._in_file(record)]

    def failure(self, record: FileRecord) -> list[Verdict]:
        """Tell a failure as import-error although another check told it: that one's finding is ignored.

        However a repository is configured, a file that gave no DAGs does not pass unless import-error itself may.
        """
        settings = replace(self._settings, deciding=frozenset())
        found = [f for check in self._checks if check.name == "import-error" for f in check.run(record, settings)]
        return [self.verdict(finding, record.file) for finding in found]

    def folder(self, records: Iterable[FileRecord], *, complete: bool) -> list[Verdict]:
        """Judge what can be seen only with all files at hand; `complete`: none of the folder's is missing.

        Of each record only an outline is needed: DAGs with the tasks that reach out of them, all tasks of the DAGs
        that these name, refusals, orphans, factories.
        """
        settings = replace(self._settings, complete=complete)
        found: Iterable[Finding] = (
            finding for check in self._checks if check.scope == "folder" for finding in check.run(records, settings)
        )
        return [
            self.verdict(finding, finding.file) for finding in found if self._levels[finding.check] is not Level.OFF
        ]

    def verdict(self, finding: Finding, file: str) -> Verdict:
        """Give a finding its level and its item."""
        return Verdict(finding=finding, level=self._levels[finding.check], file=file, dag_id=finding.dag_id)

    def _in_file(self, record: FileRecord) -> Iterator[Finding]:
        for check in self._checks:
            if check.scope == "file":
                yield from check.run(record, self._settings)
            elif check.scope == "dag":
                for dag in record.dags:
                    yield from check.run(dag, self._settings)
