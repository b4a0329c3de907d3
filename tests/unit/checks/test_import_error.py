from __future__ import annotations

import pytest

from dagcheck.checks.import_error import import_error
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.record import Event, Failure, FileRecord, Frame, Raised, Refusal
from dagcheck.spec import DagSpec, TaskSpec

FILE = "dags/etl.py"
CYCLIC = DagSpec(
    dag_id="etl",
    file=FILE,
    tasks=tuple(TaskSpec(task_id=this, operator="X", downstream=(other,)) for this, other in ("ab", "ba")),
)


def frame(line: int, file: str = FILE, function: str = "<module>", text: str = "") -> Frame:
    return Frame(file=file, line=line, function=function, text=text)


def findings(record: FileRecord) -> list[Finding]:
    return list(import_error(record, Settings()))


def failed(*chain: Raised, kind: str = "exception", events: tuple[Event, ...] = ()) -> FileRecord:
    return FileRecord(file=FILE, failure=Failure(kind=kind, chain=chain), events=events)  # type: ignore[arg-type]


def test_a_file_that_loaded_has_no_import_error() -> None:
    assert findings(FileRecord(file=FILE)) == []


def test_it_reads_like_a_compilers_message() -> None:
    raised = Raised(
        type="ModuleNotFoundError",
        message="No module named 'pandas'",
        name="pandas",
        frames=(frame(3, text="import pandas as pd"),),
    )
    [finding] = findings(failed(raised))
    assert finding.lines() == [
        "dags/etl.py:3: ModuleNotFoundError: No module named 'pandas' [import-error]",
        "    pandas is not installed in this environment",
        "    dags/etl.py:3 in <module>: import pandas as pd",
        (
            "    fix: pip install pandas; if pandas is a module of your repository, name the folder that holds it "
            "under [tool.dagcheck] pythonpath"
        ),
    ]


def test_it_stands_at_the_innermost_line_of_the_users() -> None:
    raised = Raised(type="ValueError", message="no", frames=(frame(3), frame(9, "plugins/tables.py", "load")))
    [finding] = findings(failed(raised))
    assert (finding.file, finding.line) == ("plugins/tables.py", 9)


def test_a_line_outside_the_repository_is_not_where_it_stands() -> None:
    raised = Raised(type="ValueError", message="no", frames=(frame(3), frame(9, "/opt/shared/tables.py", "load")))
    [finding] = findings(failed(raised))
    assert (finding.file, finding.line) == (FILE, 3)
    assert "/opt/shared/tables.py:9 in load" in finding.proof


def test_a_dag_file_outside_the_rootdir_may_fail_outside_of_it() -> None:
    frames = (frame(3, "/opt/dags/etl.py"), frame(9, "/opt/lib/tables.py"))
    raised = Raised(type="ValueError", message="no", frames=frames)
    record = FileRecord(file="/opt/dags/etl.py", failure=Failure(kind="exception", chain=(raised,)))
    [finding] = findings(record)
    assert (finding.file, finding.line) == ("/opt/lib/tables.py", 9)


def test_without_any_frame_it_names_the_file() -> None:
    [finding] = findings(failed(Raised(type="UnicodeDecodeError", message="invalid start byte")))
    assert finding.headline == "dags/etl.py: UnicodeDecodeError: invalid start byte [import-error]"


def test_a_failure_without_an_exception_is_reported_too() -> None:
    [finding] = findings(failed())
    assert finding.what == "the file did not import"


def test_a_hidden_cause_is_shown_with_its_frames() -> None:
    shown = Raised(type="ImportError", message="no config", frames=(frame(7, text='raise ImportError("no config")'),))
    cause = Raised(type="KeyError", message="'BUCKET'", frames=(frame(5, text='os.environ["BUCKET"]'),), name="BUCKET")
    [finding] = findings(failed(shown, cause))
    assert finding.headline == "dags/etl.py:7: ImportError: no config [import-error]"
    assert finding.proof == (
        'dags/etl.py:7 in <module>: raise ImportError("no config")',
        "caused by KeyError: 'BUCKET'",
        'dags/etl.py:5 in <module>: os.environ["BUCKET"]',
    )
    assert finding.why == "the environment variable BUCKET is not set here"


def test_of_an_endless_recursion_both_ends_are_shown() -> None:
    frames = (frame(1), *(frame(2, function="f") for _ in range(990)), frame(3, function="g"))
    [finding] = findings(failed(Raised(type="RecursionError", message="maximum depth", frames=frames)))
    assert len(finding.proof) == 9
    assert finding.proof[3] == "... 984 more frames ..."
    assert finding.proof[-1] == "dags/etl.py:3 in g"


def test_megabytes_of_message_are_cut() -> None:
    [finding] = findings(failed(Raised(type="ValueError", message="x " * 5_000_000)))
    assert len(finding.what) == 300
    assert finding.what.endswith("...")


def test_what_terminals_obey_is_shown_as_an_escape() -> None:
    [finding] = findings(failed(Raised(type="ValueError", message="\x1b[2J\nall good\udc80")))
    assert finding.what == r"ValueError: \x1b[2J all good\udc80"


def test_the_stores_advice_is_not_said_twice() -> None:
    message = (
        "The conn_id `db` isn't defined; dagcheck does not know the connection 'db': add it under "
        "[tool.dagcheck.connections] or connections_files"
    )
    [finding] = findings(failed(Raised(type="airflow.exceptions.AirflowNotFoundException", message=message)))
    assert finding.what == "AirflowNotFoundException: The conn_id `db` isn't defined"
    assert "[tool.dagcheck.connections]" in finding.fix


REFUSED = Raised(type="dagcheck.sandbox.refusals.NetworkRefusedError", message="[Errno 111] no", frames=(frame(4),))


@pytest.mark.parametrize("kind", ["network", "database", "process", "signal"])
def test_a_refusal_whose_event_is_an_error_is_left_to_the_events_check(kind: str) -> None:
    event = Event(kind=kind, detail="x", file=FILE, line=4, refused=True)  # type: ignore[arg-type]
    assert findings(failed(REFUSED, kind="refused", events=(event,))) == []


@pytest.mark.parametrize("kind", ["variable", "connection", "file", "sleep"])
def test_a_refusal_whose_event_is_a_warning_is_still_an_error(kind: str) -> None:
    event = Event(kind=kind, detail="x", file=FILE, line=4, refused=True)  # type: ignore[arg-type]
    assert len(findings(failed(REFUSED, kind="refused", events=(event,)))) == 1


def test_a_refusal_that_no_event_explains_is_reported() -> None:
    [finding] = findings(failed(REFUSED, kind="refused"))
    assert finding.what == "NetworkRefusedError: [Errno 111] no"


def test_an_event_that_the_file_survived_explains_nothing() -> None:
    event = Event(kind="network", detail="x", file=FILE, line=2, refused=True)
    assert len(findings(failed(REFUSED, kind="refused", events=(event,)))) == 1


def test_an_event_that_was_let_through_explains_nothing() -> None:
    event = Event(kind="network", detail="x", file=FILE, line=4)
    assert len(findings(failed(REFUSED, kind="refused", events=(event,)))) == 1


def test_a_refusal_without_frames_is_explained_by_any_refused_event() -> None:
    event = Event(kind="network", detail="x", file=FILE, line=4, refused=True)
    bare = Raised(type="NetworkRefusedError", message="no")
    assert findings(failed(bare, kind="refused", events=(event,))) == []


@pytest.mark.parametrize("kind", ["timeout", "exit", "crash", "memory"])
def test_other_failures_have_their_own_checks(kind: str) -> None:
    assert findings(failed(kind=kind)) == []


def test_a_dag_that_airflow_refuses_is_named() -> None:
    refusal = Refusal(
        dag_id="etl", type="AirflowTimetableInvalid", message="[99 * * * *] is not acceptable, out of range", line=8
    )
    [finding] = findings(FileRecord(file=FILE, refusals=(refusal,)))
    assert finding.headline == (
        "dags/etl.py:8: etl: AirflowTimetableInvalid: [99 * * * *] is not acceptable, out of range [import-error]"
    )
    assert finding.fix == "correct the cron expression: minute hour day-of-month month day-of-week"


def test_a_duplicate_that_airflow_refuses_is_left_to_its_own_check() -> None:
    refusal = Refusal(dag_id="etl", type="AirflowDagDuplicatedIdException", message="Ignoring DAG etl")
    assert findings(FileRecord(file=FILE, refusals=(refusal,))) == []


def test_a_cycle_that_airflow_refuses_is_left_to_its_own_check() -> None:
    refusal = Refusal(dag_id="etl", type="AirflowDagCycleException", message="Cycle detected in DAG: etl")
    assert findings(FileRecord(file=FILE, refusals=(refusal,), dags=(CYCLIC,))) == []


def test_a_cycle_that_airflow_refuses_and_no_spec_shows_is_reported() -> None:
    refusal = Refusal(dag_id="etl", type="AirflowDagCycleException", message="Cycle detected in DAG: etl")
    [finding] = findings(FileRecord(file=FILE, refusals=(refusal,)))
    assert finding.what == "AirflowDagCycleException: Cycle detected in DAG: etl"


def test_a_dag_that_a_cluster_policy_leaves_out_is_no_error() -> None:
    refusal = Refusal(dag_id="etl", type="AirflowClusterPolicySkipDag", message="not in this environment")
    assert findings(FileRecord(file=FILE, refusals=(refusal,))) == []
