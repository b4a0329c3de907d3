from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from dagcheck.checks.registry import Check, Settings
from dagcheck.config import Config
from dagcheck.findings import Finding, Level
from dagcheck.judging import Judge, Verdict
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec

RECORD = FileRecord(
    file="dags/etl.py",
    dags=(DagSpec(dag_id="etl", file="dags/etl.py"), DagSpec(dag_id="audit", file="dags/etl.py")),
)
OTHER = FileRecord(file="dags/other.py")


def config(**values: object) -> Config:
    return Config(rootdir=Path("/repo"), **values)  # type: ignore[arg-type]


def as_check(
    name: str,
    scope: Literal["file", "dag", "folder"],
    run: Callable[..., Iterable[Finding]],
    level: Level = Level.ERROR,
) -> Check:
    return Check(name=name, level=level, family="Loading", scope=scope, run=run)


def on_file(record: FileRecord, settings: Settings) -> Iterator[Finding]:
    yield Finding(check="on-file", file=record.file, what=f"{settings.timeout:g} {settings.memory_mib}")


def on_helper(_record: FileRecord, _settings: Settings) -> Iterator[Finding]:
    yield Finding(check="on-helper", file="common/helper.py", line=3, what="old import")


def on_dag(dag: DagSpec, settings: Settings) -> Iterator[Finding]:
    yield Finding(check="on-dag", file=dag.file, dag_id=dag.dag_id, what=f"{settings.parse_seconds:g}")


def on_folder(records: Iterable[FileRecord], _settings: Settings) -> Iterator[Finding]:
    for record in records:
        yield Finding(check="on-folder", file=record.file, what="seen")


CHECKS = {
    check.name: check
    for check in (
        as_check("on-folder", "folder", on_folder),
        as_check("on-dag", "dag", on_dag, Level.WARNING),
        as_check("on-file", "file", on_file),
    )
}


def told(verdicts: list[Verdict]) -> list[tuple[str, str, str | None, str]]:
    return [(verdict.finding.check, verdict.file, verdict.dag_id, verdict.level.value) for verdict in verdicts]


def test_a_file_is_judged_by_the_checks_of_files_and_of_each_of_its_dags() -> None:
    assert told(Judge(config(), CHECKS).file(RECORD)) == [
        ("on-dag", "dags/etl.py", "etl", "warning"),
        ("on-dag", "dags/etl.py", "audit", "warning"),
        ("on-file", "dags/etl.py", None, "error"),
    ]


def test_the_folder_is_judged_by_the_checks_of_folders_alone() -> None:
    assert told(Judge(config(), CHECKS).folder([RECORD, OTHER], complete=True)) == [
        ("on-folder", "dags/etl.py", None, "error"),
        ("on-folder", "dags/other.py", None, "error"),
    ]


def test_a_configured_level_takes_the_place_of_the_check_s_own() -> None:
    judge = Judge(config(levels={"on-dag": "error", "on-file": "warning"}), CHECKS)
    assert {check: level for check, _, _, level in told(judge.file(RECORD))} == {
        "on-dag": "error",
        "on-file": "warning",
    }


def test_a_check_that_is_off_does_not_run() -> None:
    def explode(*_: object) -> Iterator[Finding]:
        raise AssertionError("ran")

    checks = {scope: as_check(scope, scope, explode, Level.OFF) for scope in ("file", "dag", "folder")}
    judge = Judge(config(), checks)
    assert (judge.file(RECORD), judge.folder([RECORD], complete=True)) == ([], [])


def test_a_check_that_is_off_can_be_configured_to_run() -> None:
    checks = {"on-file": as_check("on-file", "file", on_file, Level.OFF)}
    assert told(Judge(config(levels={"on-file": "warning"}), checks).file(OTHER)) == [
        ("on-file", "dags/other.py", None, "warning")
    ]


def test_active_are_the_checks_that_are_not_off() -> None:
    assert Judge(config(levels={"on-dag": "off"}), CHECKS).active == {"on-folder", "on-file"}


def test_a_finding_in_a_helper_belongs_to_the_file_that_imports_it() -> None:
    verdicts = Judge(config(), {"on-helper": as_check("on-helper", "file", on_helper)}).file(RECORD)
    assert [(verdict.file, verdict.finding.file) for verdict in verdicts] == [("dags/etl.py", "common/helper.py")]


def test_a_folder_check_s_finding_belongs_to_the_file_that_it_names() -> None:
    def elsewhere(_records: Iterable[FileRecord], _settings: Settings) -> Iterator[Finding]:
        yield Finding(check="elsewhere", file="pools.json", dag_id="etl", what="missing pool")

    verdicts = Judge(config(), {"elsewhere": as_check("elsewhere", "folder", elsewhere)}).folder(
        [RECORD], complete=True
    )
    assert told(verdicts) == [("elsewhere", "pools.json", "etl", "error")]


def test_a_folder_check_may_report_under_another_check_s_name_that_is_off() -> None:
    def both(_records: Iterable[FileRecord], _settings: Settings) -> Iterator[Finding]:
        yield Finding(check="both", file="a.py", what="mine")
        yield Finding(check="on-file", file="a.py", what="the other's")

    checks = {"both": as_check("both", "folder", both), "on-file": CHECKS["on-file"]}
    verdicts = Judge(config(levels={"on-file": "off"}), checks).folder([], complete=True)
    assert [verdict.finding.what for verdict in verdicts] == ["mine"]


def test_checks_are_told_the_configured_limits() -> None:
    judge = Judge(config(timeout=12, memory=640, parse_seconds=1.5), CHECKS)
    assert [verdict.finding.what for verdict in judge.file(RECORD)] == ["1.5", "1.5", "12 640"]


def test_checks_are_told_which_checks_fail_the_run() -> None:
    def deciding(_record: FileRecord, settings: Settings) -> Iterator[Finding]:
        yield Finding(check="on-file", file="a.py", what=" ".join(sorted(settings.deciding)))

    judge = Judge(config(levels={"on-folder": "off"}), {**CHECKS, "on-file": as_check("on-file", "file", deciding)})
    assert [verdict.finding.what for verdict in judge.file(OTHER)] == ["on-file"]


def test_a_failure_is_told_by_import_error_as_if_no_other_check_told_it() -> None:
    def import_error(record: FileRecord, settings: Settings) -> Iterator[Finding]:
        if not settings.deciding:
            yield Finding(check="import-error", file=record.file, what="failed")

    checks = {**CHECKS, "import-error": as_check("import-error", "file", import_error)}
    judge = Judge(config(), checks)
    assert told(judge.failure(OTHER)) == [("import-error", "dags/other.py", None, "error")]
    assert "import-error" not in {check for check, *_ in told(judge.file(OTHER))}


def test_a_failure_is_not_told_where_import_error_is_off() -> None:
    checks = {"import-error": as_check("import-error", "file", on_file)}
    assert Judge(config(levels={"import-error": "off"}), checks).failure(OTHER) == []


def test_a_finding_of_an_unknown_check_is_our_error() -> None:
    with pytest.raises(KeyError, match="unheard-of"):
        Judge(config(), CHECKS).verdict(Finding(check="unheard-of", file="a.py", what="x"), "a.py")


def test_a_fresh_verdict_is_not_in_the_baseline() -> None:
    assert not any(verdict.baselined for verdict in Judge(config(), CHECKS).file(RECORD))
