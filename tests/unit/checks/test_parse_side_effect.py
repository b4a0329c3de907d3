from __future__ import annotations

import pytest

from dagcheck.checks.parse_side_effect import parse_side_effect
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.record import Event, EventKind, Failure, FileRecord

FILE = "dags/etl.py"


def findings(*events: Event, failure: Failure | None = None) -> list[Finding]:
    return list(parse_side_effect(FileRecord(file=FILE, events=events, failure=failure), Settings()))


@pytest.mark.parametrize(
    ("kind", "detail", "what"),
    [
        ("file", "/data/out.csv", "files are written or removed while parsing: /data/out.csv"),
        ("environment", "PGHOST", "the environment is changed while parsing: PGHOST"),
        ("sys-path", "/opt/lib", "sys.path is changed while parsing: /opt/lib"),
        ("working-directory", "/opt", "the working directory is changed while parsing: /opt"),
        ("signal-handler", "SIGALRM", "a signal handler is set while parsing: SIGALRM"),
        ("thread", "poller", "a thread is left running while parsing: poller"),
        ("child-process", "sleep 100", "a child process is left running while parsing: sleep 100"),
        ("exit-handler", "cleanup", "an exit handler is left behind while parsing: cleanup"),
        ("module", "json", "sys.modules is changed while parsing: json"),
        ("patch", "time.sleep", "code of a library is patched while parsing: time.sleep"),
    ],
)
def test_each_kind_is_told_in_its_own_words(kind: EventKind, detail: str, what: str) -> None:
    [finding] = findings(Event(kind=kind, detail=detail, file=FILE, line=4))
    assert finding.headline == f"dags/etl.py:4: {what} [parse-side-effect]"
    assert finding.why
    assert finding.fix


def test_the_changes_of_one_line_are_told_together() -> None:
    [finding] = findings(*(Event(kind="environment", detail=name, file=FILE, line=4) for name in ("A", "B", "A")))
    assert finding.what == "the environment is changed while parsing: A, B"


def test_what_others_meet_and_what_happens_again_are_told_apart() -> None:
    [environment, file] = findings(
        Event(kind="environment", detail="A", file=FILE, line=4), Event(kind="file", detail="a", file=FILE, line=5)
    )
    assert environment.why == "the next DAG files of the same process meet it, or not, by the order of parsing"
    assert file.why == "it happens again on every parse, on every machine that parses the file"


def test_a_write_that_cost_the_file_its_dags_is_left_to_import_error() -> None:
    event = Event(kind="file", detail="/data/out.csv", file=FILE, line=4, refused=True)
    assert findings(event, failure=Failure(kind="refused")) == []


@pytest.mark.parametrize("kind", ["network", "database", "variable", "connection", "process", "signal", "sleep"])
def test_what_has_a_check_of_its_own_is_no_side_effect(kind: EventKind) -> None:
    assert findings(Event(kind=kind, detail="x", file=FILE, line=4)) == []
