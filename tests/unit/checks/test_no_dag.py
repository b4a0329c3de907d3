from __future__ import annotations

from collections.abc import Iterator

import pytest

from dagcheck.checks.no_dag import no_dag
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.record import Failure, FileRecord, Orphan, Refusal
from dagcheck.spec import DagSpec

FILE = "dags/etl.py"
UNCALLED = Orphan(kind="uncalled", name="orders", line=5)
HIDDEN = Orphan(kind="hidden", name="build", line=8)
TASKLESS = Orphan(kind="taskless", name="extract", line=3)


def findings(*records: FileRecord) -> list[Finding]:
    return list(no_dag(records, Settings()))


def test_a_dag_function_that_nobody_calls_is_reported() -> None:
    [finding] = findings(FileRecord(file=FILE, orphans=(UNCALLED,)))
    assert finding.lines() == [
        "dags/etl.py:5: the file defines no DAG: nothing calls orders(), which is decorated with @dag [no-dag]",
        "    a @dag function makes its DAG when it is called, not before",
        "    fix: call orders() at the end of the file",
    ]


def test_a_dag_that_stands_only_in_a_function_is_reported() -> None:
    [finding] = findings(FileRecord(file=FILE, orphans=(HIDDEN,)))
    assert finding.what == "the file defines no DAG: DAG(...) stands inside build() alone, never at module level"
    assert finding.fix == "have build() return the DAG, and add `dag = build(...)` at the end of the file"


def test_a_task_outside_any_dag_is_reported() -> None:
    [finding] = findings(FileRecord(file=FILE, orphans=(TASKLESS,)))
    assert finding.what == "the file defines no DAG: task 'extract' is made outside any DAG"


def test_each_reason_of_a_file_is_told() -> None:
    assert [f.line for f in findings(FileRecord(file=FILE, orphans=(UNCALLED, TASKLESS)))] == [5, 3]


def test_a_file_with_a_dag_is_not_reported() -> None:
    assert findings(FileRecord(file=FILE, orphans=(UNCALLED,), dags=(DagSpec(dag_id="a", file=FILE),))) == []


def test_a_file_that_failed_is_not_reported_again() -> None:
    assert findings(FileRecord(file=FILE, orphans=(UNCALLED,), failure=Failure(kind="timeout"))) == []


def test_a_file_whose_dag_was_refused_is_not_reported_again() -> None:
    refusal = Refusal(dag_id="a", type="AirflowTimetableInvalid", message="")
    assert findings(FileRecord(file=FILE, orphans=(UNCALLED,), refusals=(refusal,))) == []


def test_a_module_without_any_reason_is_not_reported() -> None:
    assert findings(FileRecord(file=FILE)) == []


@pytest.mark.parametrize("orphan", [UNCALLED, HIDDEN])
@pytest.mark.parametrize("first", [True, False])
def test_a_factory_that_another_file_calls_is_not_reported(orphan: Orphan, *, first: bool) -> None:
    library = FileRecord(file=FILE, orphans=(orphan,))
    caller = FileRecord(file="dags/a.py", factories=(f"{FILE}:{orphan.line}",))
    assert findings(*([caller, library] if first else [library, caller])) == []


def test_a_library_need_not_use_all_its_factories() -> None:
    library = FileRecord(file=FILE, orphans=(HIDDEN, Orphan(kind="hidden", name="build_hourly", line=30)))
    caller = FileRecord(file="dags/a.py", factories=(f"{FILE}:8",))
    assert findings(library, caller) == []


def test_a_dag_function_forgotten_in_a_library_is_reported() -> None:
    library = FileRecord(file=FILE, orphans=(UNCALLED,))
    caller = FileRecord(file="dags/a.py", factories=(f"{FILE}:8",))
    assert [finding.line for finding in findings(library, caller)] == [5]


def test_a_function_that_only_its_own_file_calls_gave_nobody_a_dag() -> None:
    record = FileRecord(file=FILE, orphans=(HIDDEN,), factories=(f"{FILE}:8",))
    assert [finding.line for finding in findings(record)] == [8]


def test_records_are_read_once() -> None:
    def stream() -> Iterator[FileRecord]:
        yield FileRecord(file=FILE, orphans=(UNCALLED,))

    assert len(list(no_dag(stream(), Settings()))) == 1
