from __future__ import annotations

import pytest

from check_samples import SETTINGS, dag, task
from dagcheck.checks.registry import all_checks
from dagcheck.findings import Finding
from dagcheck.record import Failure, FileRecord, Frame, Swept, SweptFact, SweptKind

DAG = dag(task("choose", "a", "b", line=3), task("a", "join", line=4), task("b", "join", line=5), task("join", line=6))


def findings(check: str, *facts: SweptFact, stopped: Failure | None = None) -> list[Finding]:
    swept = Swept(dag_id="etl", first="2024-01-01", last="2025-12-31", runs=731, facts=facts, stopped=stopped)
    record = FileRecord(file="dags/etl.py", dags=(DAG,), swept=(swept,))
    return list(all_checks()[check].run(record, SETTINGS))


def one(check: str, kind: SweptKind, task_id: str = "choose", **more: object) -> Finding:
    [found] = findings(check, SweptFact(kind=kind, task_id=task_id, date="2024-02-29", **more))  # type: ignore[arg-type]
    return found


def test_an_unknown_target_is_told_with_the_nearest_and_the_first_date() -> None:
    found = one("branch-target", "unknown-target", detail="aa", more=("a",))
    what = "returns 'aa', which is no task and no group below it, on 2024-02-29"
    assert found.lines() == [
        f"dags/etl.py:3: etl.choose: {what} [branch-target]",
        "    the branch fails",
        '    in a test: simulate("etl", "2024-02-29").errors["choose"]',
        "    fix: write a if that was meant",
    ]


def test_a_target_further_down_is_told_with_those_that_are_direct() -> None:
    assert one("branch-target", "far-target", detail="join", more=("a", "b")).fix == "return one of a, b"


def test_what_a_branch_raises_stands_at_the_line_that_raised() -> None:
    found = one("branch-raises", "raises", detail="ValueError: day", file="dags/etl.py", line=40, count=2)
    assert (found.line, found.what) == (40, "raises ValueError: day, on 2024-02-29 and another date")


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Failure(kind="exit", status=3), "ends its process with status 3"),
        (Failure(kind="timeout", status=50), "does not return: it was stopped after 50 s"),
        (Failure(kind="crash", status=11), "crashes its process with signal 11"),
        (Failure(kind="memory", status=2048), "takes more memory than 2048 MiB"),
    ],
)
def test_runs_that_had_to_be_stopped_are_an_error_where_they_stood(failure: Failure, said: str) -> None:
    frame = Frame(file="dags/etl.py", line=12, function="by_day")
    [found] = findings("branch-raises", stopped=Failure(kind=failure.kind, status=failure.status, frames=(frame,)))
    assert (found.line, found.dag_id) == (12, "etl")
    assert said in found.what


def test_a_side_that_is_never_taken_is_told_with_what_is() -> None:
    found = one("branch-never-taken", "never-taken", detail="b", more=("a",))
    assert found.what == "never chooses 'b' on 731 run dates from 2024-01-01 to 2025-12-31"
    assert found.why == "it chooses a"


def test_a_short_circuit_that_never_opens_has_no_side() -> None:
    assert one("branch-never-taken", "never-taken").what.startswith("lets nothing pass on 731 run dates")


def test_a_branch_that_is_undecided_is_told_with_its_stub() -> None:
    found = one("branch-undecided", "undecided", detail="it reads the variable 'x'", given='variables={"x": ...}')
    assert found.proof == ('in a test: simulate("etl", "2024-02-29", variables={"x": ...})',)


def test_a_join_is_told_with_its_branches() -> None:
    found = one("join-always-skipped", "join", "join", detail="all_success", more=("choose",))
    assert found.headline == (
        "dags/etl.py:6: etl.join: no choice of 'choose' lets it run (trigger rule all_success) [join-always-skipped]"
    )
    assert found.proof == ('in a test: simulate("etl", "2024-02-29").state("join")',)


def test_a_task_that_a_choice_names_and_skips_is_told_with_what_it_waits_for() -> None:
    found = one("join-always-skipped", "skipped-choice", "join", detail="all_success", more=("choose", "a"), count=3)
    assert found.what == (
        "is skipped when 'choose' chooses it (trigger rule all_success), on 2024-02-29 and 2 other dates"
    )
    assert found.why == "it also waits for a, which that choice skips"


def test_a_run_without_a_logical_date_is_shown_with_its_own_object() -> None:
    [found] = findings("branch-returns-nothing", SweptFact(kind="nothing", task_id="choose", date="RunDate(x)"))
    assert found.proof == ('in a test: simulate("etl", RunDate(x)).choices["choose"]',)


def test_what_is_said_of_a_dag_that_the_file_does_not_have_is_left_out() -> None:
    swept = Swept(dag_id="other", facts=(SweptFact(kind="nothing", task_id="choose", date="2024-01-01"),))
    record = FileRecord(file="dags/etl.py", dags=(DAG,), swept=(swept,))
    checks = [check for check in all_checks().values() if check.family == "Branches and runs"]
    assert [finding for check in checks for finding in check.run(record, SETTINGS)] == []
