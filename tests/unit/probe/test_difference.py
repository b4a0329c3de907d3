from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dagcheck.probe.difference import differences
from dagcheck.record import Failure, FailureKind, FileRecord, Raised
from dagcheck.spec import DagSpec, TaskSpec

EXTRACT = TaskSpec(task_id="extract", operator="X", line=3)
LOAD = TaskSpec(task_id="load", operator="X", line=4)
ETL = DagSpec(dag_id="etl", file="dags/etl.py", line=2, tasks=(EXTRACT, LOAD))
AUDIT = DagSpec(dag_id="audit", file="dags/etl.py")


def record(*dags: DagSpec, failure: Failure | None = None) -> FileRecord:
    return FileRecord(file="dags/etl.py", dags=dags, failure=failure)


def found(first: DagSpec, second: DagSpec) -> list[str]:
    return list(differences(record(first), record(second)))


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.from_type(FileRecord))
def test_a_record_does_not_differ_from_itself(one: FileRecord) -> None:
    assume("nan" not in repr(one))  # which differs from itself
    dags = {dag.dag_id: dag for dag in one.dags}
    same = replace(one, failure=None, dags=tuple(dags.values()))
    assert list(differences(same, same)) == []


def test_a_field_of_the_dag_that_differs_is_named_with_both_values() -> None:
    assert found(ETL, replace(ETL, schedule="@daily")) == ["etl: schedule is None in one parse and @daily in another"]


def test_a_field_of_a_task_that_differs_is_named_with_its_task() -> None:
    assert found(ETL, replace(ETL, tasks=(EXTRACT, replace(LOAD, retries=3)))) == [
        "etl: load.retries is 0 in one parse and 3 in another"
    ]


def test_lists_are_shown_without_python_s_brackets() -> None:
    assert found(replace(ETL, tags=("a", "b")), replace(ETL, tags=("b", "a"))) == [
        "etl: tags is a, b in one parse and b, a in another"
    ]


def test_a_dag_that_comes_and_goes_is_told() -> None:
    told = ["audit: is there in one parse and missing in another"]
    assert list(differences(record(ETL, AUDIT), record(ETL))) == told
    assert list(differences(record(ETL), record(ETL, AUDIT))) == told


def test_a_task_that_comes_and_goes_is_told() -> None:
    assert found(ETL, replace(ETL, tasks=(EXTRACT,))) == ["etl: task load is there in one parse and missing in another"]


def test_tasks_in_another_order_are_told() -> None:
    assert found(ETL, replace(ETL, tasks=(LOAD, EXTRACT))) == [
        "etl: the order of its tasks is extract, load in one parse and load, extract in another"
    ]


def test_each_dag_is_told_once_however_much_differs() -> None:
    second = replace(ETL, schedule="@daily", tags=("x",), tasks=())
    assert len(found(ETL, second)) == 1


def test_every_dag_that_differs_is_told() -> None:
    second = record(replace(ETL, catchup=True), replace(AUDIT, catchup=True))
    told = [line.partition(":")[0] for line in differences(record(ETL, AUDIT), second)]
    assert told == ["audit", "etl"]


def test_lines_may_differ() -> None:
    assert found(ETL, replace(ETL, line=9, tasks=(replace(EXTRACT, line=9), LOAD))) == []


def test_a_long_value_is_cut() -> None:
    (told,) = found(ETL, replace(ETL, description="x" * 1_000))
    assert told == f"etl: description is None in one parse and {'x' * 120}... in another"


def test_a_file_that_fails_the_second_time_is_told_by_its_dag() -> None:
    failure = Failure(kind="exception", chain=(Raised(type="KeyError", message="'x'"), Raised(type="A", message="")))
    assert list(differences(record(ETL, AUDIT), record(failure=failure))) == [
        "etl: loads once and fails with KeyError the next time"
    ]


def test_a_file_without_dags_that_fails_the_second_time_is_told_by_its_name() -> None:
    failure = Failure(kind="exception", chain=(Raised(type="KeyError", message="'x'"),))
    assert list(differences(record(), record(failure=failure))) == [
        "dags/etl.py: loads once and fails with KeyError the next time"
    ]


@pytest.mark.parametrize("kind", ["exit", "timeout", "crash", "memory", "refused", "forged"])
def test_a_second_look_that_was_cut_short_tells_nothing(kind: FailureKind) -> None:
    assert list(differences(record(ETL), record(failure=Failure(kind=kind)))) == []
