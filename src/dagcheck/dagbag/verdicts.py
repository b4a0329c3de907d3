"""What the probe's records mean for a bag: which DAGs there are, which files failed, which may be loaded here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dagcheck.checks.registry import Settings, all_checks
from dagcheck.findings import Finding
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec

# Checks whose findings Airflow itself shows as import errors of a file; folder checks see all files.
_OF_FILES = ("import-error", "import-timeout", "import-crash")
_OF_DAGS = ("cycle",)
_OF_FOLDERS = ("duplicate-dag-id",)
# What the sandbox refuses and nothing would refuse in this process, and how to allow it.
_BARRED = {
    "network": ", or list it in [tool.dagcheck] allow_network",
    "process": ", or list it in [tool.dagcheck] allow_processes",
    "file": ", or list it in [tool.dagcheck] allow_writes",
    "signal": "",
    "database": "",
}


@dataclass(frozen=True, slots=True)
class Verdicts:
    """`specs` and `paths` by DAG id, `import_errors` by file; `barred` says why a path may be loaded nowhere else."""

    specs: dict[str, DagSpec] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    import_errors: dict[str, str] = field(default_factory=dict)
    barred: dict[str, str] = field(default_factory=dict)


def verdicts_on(records: Mapping[str, FileRecord], settings: Settings) -> Verdicts:
    """Judge records by path as Airflow's own bag would; of two DAGs with one id the first stays."""
    verdicts = Verdicts()
    for path, record in records.items():
        findings = list(_findings(record, settings))
        refused = {finding.dag_id for finding in findings if finding.dag_id}
        for spec in record.dags:
            if spec.dag_id not in refused and verdicts.specs.setdefault(spec.dag_id, spec) is spec:
                verdicts.paths[spec.dag_id] = path
        _note(verdicts, record.file, findings)
        if reason := _barred(record):
            verdicts.barred[path] = reason
    for name in _OF_FOLDERS:
        for finding in all_checks()[name].run(records.values(), settings):
            stays = verdicts.specs.get(finding.dag_id or "")
            if stays is None or (finding.file, finding.line) != (stays.file, stays.line):
                _note(verdicts, finding.file, [finding])
    return verdicts


def _findings(record: FileRecord, settings: Settings) -> Iterator[Finding]:
    checks = all_checks()
    for name in _OF_FILES:
        yield from checks[name].run(record, settings)
    for name in _OF_DAGS:
        for spec in record.dags:
            yield from checks[name].run(spec, settings)


def _note(verdicts: Verdicts, file: str, findings: list[Finding]) -> None:
    texts = [verdicts.import_errors.get(file, ""), *("\n".join(finding.lines()) for finding in findings)]
    if text := "\n".join(filter(None, texts)):
        verdicts.import_errors[file] = text


def _barred(record: FileRecord) -> str | None:
    """Say what a file tried that only the sandbox stops; it went on, so the DAGs themselves are known."""
    for event in record.events:
        if event.kind in _BARRED and (event.refused or event.kind == "database") and record.failure is None:
            return (
                f"{event.file or record.file}:{event.line or 1}: {event.kind} ({event.detail}) is refused in the "
                f"sandbox while the file is parsed, and would not be in this process, so the file is not loaded here: "
                f"move it into a task{_BARRED[event.kind]}. The DAG's spec can be used all the same"
            )
    return None
