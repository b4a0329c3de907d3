from __future__ import annotations

from dagcheck.checks.parse_connection import parse_connection
from dagcheck.checks.registry import Settings
from dagcheck.record import Event, FileRecord

FILE = "dags/etl.py"


def test_it_names_the_connections_of_the_line() -> None:
    events = tuple(Event(kind="connection", detail=conn_id, file=FILE, line=4) for conn_id in ("db", "s3"))
    [finding] = parse_connection(FileRecord(file=FILE, events=events), Settings())
    assert finding.lines() == [
        "dags/etl.py:4: Connection read while parsing: db, s3 [parse-connection]",
        "    every parse asks the metadata database or the secrets backend again",
        "    fix: give the operator the connection's id, or create the hook inside a task",
    ]


def test_other_events_are_no_connections() -> None:
    record = FileRecord(file=FILE, events=(Event(kind="variable", detail="x", file=FILE, line=4),))
    assert list(parse_connection(record, Settings())) == []
