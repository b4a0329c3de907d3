from __future__ import annotations

import pytest

from dagcheck.checks.import_error import import_error
from dagcheck.checks.parse_database import parse_database
from dagcheck.checks.registry import Settings
from dagcheck.record import Event, Failure, FileRecord, Frame, Raised

FILE = "dags/etl.py"


@pytest.mark.parametrize(
    ("detail", "what"),
    [
        ("", "Airflow's metadata database is used while parsing"),
        ("session", "Airflow's metadata database is used while parsing: session"),
    ],
)
def test_it_names_the_line(detail: str, what: str) -> None:
    record = FileRecord(file=FILE, events=(Event(kind="database", detail=detail, file=FILE, line=4, refused=True),))
    [finding] = parse_database(record, Settings())
    assert (finding.file, finding.line, finding.what) == (FILE, 4, what)
    assert finding.fix == "move the query into a task, through the context or the REST API"


def test_a_use_that_ended_the_file_is_told_once() -> None:
    raised = Raised(type="RefusedError", message="no", frames=(Frame(file=FILE, line=4, function="<module>"),))
    failure = Failure(kind="refused", chain=(raised,))
    record = FileRecord(file=FILE, events=(Event(kind="database", detail="", file=FILE, line=4),), failure=failure)
    assert len(list(parse_database(record, Settings()))) == 1
    assert list(import_error(record, Settings())) == []


def test_other_events_are_not_the_database() -> None:
    record = FileRecord(file=FILE, events=(Event(kind="network", detail="db", file=FILE, line=4),))
    assert list(parse_database(record, Settings())) == []
