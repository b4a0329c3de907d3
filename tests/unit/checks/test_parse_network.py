from __future__ import annotations

from dagcheck.checks.parse_network import parse_network
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.record import Event, Failure, FileRecord, Frame, Raised

FILE = "dags/etl.py"


def event(detail: str, line: int | None = 4, file: str | None = FILE, *, refused: bool = True) -> Event:
    return Event(kind="network", detail=detail, file=file, line=line, refused=refused)


def findings(*events: Event, failure: Failure | None = None) -> list[Finding]:
    return list(parse_network(FileRecord(file=FILE, events=events, failure=failure), Settings()))


def test_it_names_host_and_line() -> None:
    [finding] = findings(event("db.example.com:5432"))
    assert finding.lines() == [
        "dags/etl.py:4: the network is used while parsing: db.example.com:5432 [parse-network]",
        "    every parse waits for the other side, and while that is down the file's DAGs are gone",
        "    fix: move the call into a task",
    ]


def test_the_hosts_of_one_line_are_told_together() -> None:
    [finding] = findings(event("db:1"), event("db:1"), event("db:2"))
    assert finding.what == "the network is used while parsing: db:1, db:2"


def test_many_hosts_of_one_line_are_counted() -> None:
    [finding] = findings(*(event(f"db{number}") for number in range(9)))
    assert finding.what == "the network is used while parsing: db0, db1, db2, db3 and 5 more"


def test_each_line_is_a_finding_of_its_own() -> None:
    assert [finding.line for finding in findings(event("db", 4), event("db", 9))] == [4, 9]


def test_what_the_sandbox_let_through_is_reported_too() -> None:
    assert len(findings(event("localhost:5432", refused=False))) == 1


def test_without_a_line_of_the_users_it_names_the_dag_file() -> None:
    [finding] = findings(event("db", None, None))
    assert (finding.file, finding.line) == (FILE, None)


def test_other_events_are_not_the_network() -> None:
    assert findings(Event(kind="process", detail="git", file=FILE, line=4)) == []


def test_where_it_cost_the_file_its_dags_the_end_is_shown() -> None:
    frames = (Frame(file=FILE, line=4, function="<module>", text="connect()"),)
    chain = (
        Raised(type="RuntimeError", message="no tables", frames=(Frame(file=FILE, line=6, function="<module>"),)),
        Raised(type="NetworkRefusedError", message="[Errno 111] no", frames=frames),
    )
    [finding] = findings(event("db"), failure=Failure(kind="refused", chain=chain))
    assert finding.proof == (
        "the sandbox refused it, and the file ended with RuntimeError: no tables",
        "dags/etl.py:6 in <module>",
        "caused by NetworkRefusedError: [Errno 111] no",
        "dags/etl.py:4 in <module>: connect()",
    )


def test_an_event_that_the_file_survived_shows_no_end() -> None:
    chain = (Raised(type="X", message="", frames=(Frame(file=FILE, line=9, function="<module>"),)),)
    [finding] = findings(event("db", 4), failure=Failure(kind="refused", chain=chain))
    assert finding.proof == ()
