from __future__ import annotations

from dagcheck.checks.import_error import import_error
from dagcheck.checks.parse_variable import parse_variable
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.record import Event, Failure, FileRecord, Frame, Raised

FILE = "dags/etl.py"


def event(key: str, line: int = 4, *, refused: bool = False) -> Event:
    return Event(kind="variable", detail=key, file=FILE, line=line, refused=refused)


def findings(*events: Event, failure: Failure | None = None) -> list[Finding]:
    return list(parse_variable(FileRecord(file=FILE, events=events, failure=failure), Settings()))


def test_it_names_the_key_and_the_template_to_use() -> None:
    [finding] = findings(event("bucket"))
    assert finding.lines() == [
        "dags/etl.py:4: Variable read while parsing: bucket [parse-variable]",
        "    every parse asks the metadata database or the secrets backend again",
        "    fix: use {{ var.value.bucket }} in a templated argument, or read it inside a task",
    ]


def test_a_key_that_is_no_name_gets_a_template_that_works() -> None:
    [finding] = findings(event("my-bucket"))
    assert "{{ var.value.get('my-bucket') }}" in finding.fix


def test_a_read_that_fell_back_to_its_default_is_reported() -> None:
    assert len(findings(event("bucket", refused=True))) == 1


def test_a_missing_variable_is_an_import_error_beside_the_reading() -> None:
    frames = (Frame(file=FILE, line=4, function="<module>"),)
    raised = Raised(type="KeyError", message="'Variable bucket does not exist'", frames=frames)
    failure = Failure(kind="exception", chain=(raised,))
    record = FileRecord(file=FILE, events=(event("bucket", refused=True),), failure=failure)
    assert [finding.line for finding in parse_variable(record, Settings())] == [4]
    [error] = import_error(record, Settings())
    assert error.why == "Variable bucket is read while parsing and is not declared"


def test_other_events_are_no_variables() -> None:
    assert findings(Event(kind="connection", detail="db", file=FILE, line=4)) == []
