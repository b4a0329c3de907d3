from __future__ import annotations

from dagcheck.checks.parse_subprocess import parse_subprocess
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.record import Event, FileRecord

FILE = "dags/etl.py"


def findings(*events: Event) -> list[Finding]:
    return list(parse_subprocess(FileRecord(file=FILE, events=events), Settings()))


def test_it_names_the_command_and_the_line() -> None:
    [finding] = findings(Event(kind="process", detail="git rev-parse HEAD", file=FILE, line=4, refused=True))
    assert finding.lines() == [
        "dags/etl.py:4: a process is started while parsing: git rev-parse HEAD [parse-subprocess]",
        "    it happens again on every parse, with Airflow's own rights",
        "    fix: run the command in a task",
    ]


def test_a_long_command_is_cut() -> None:
    [finding] = findings(Event(kind="process", detail="x" * 10_000, file=FILE, line=4))
    assert len(finding.what) < 150


def test_a_signal_is_named() -> None:
    [finding] = findings(Event(kind="signal", detail="signal 9 to process 1", file=FILE, line=4, refused=True))
    assert finding.what == "a signal is sent to another process while parsing: SIGKILL to process 1"
    assert finding.fix == "delete the call: a DAG file owns no other process"


def test_a_signal_without_a_name_keeps_its_number() -> None:
    [finding] = findings(Event(kind="signal", detail="signal 99 to process 1", file=FILE, line=4))
    assert finding.what.endswith("signal 99 to process 1")


def test_a_process_and_a_signal_of_one_line_are_two_findings() -> None:
    kinds = ("process", "signal")
    events = [Event(kind=kind, detail="x", file=FILE, line=4) for kind in kinds]  # type: ignore[arg-type]
    assert len(findings(*events)) == 2


def test_other_events_are_no_processes() -> None:
    assert findings(Event(kind="thread", detail="started", file=FILE, line=4)) == []
