from __future__ import annotations

from dagcheck.checks.cycle import cycle
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.spec import DagSpec, TaskSpec

FILE = "dags/etl.py"


def task(task_id: str, *downstream: str, line: int | None = None, file: str | None = FILE) -> TaskSpec:
    return TaskSpec(task_id=task_id, operator="BashOperator", downstream=downstream, file=file, line=line)


def findings(*tasks: TaskSpec) -> list[Finding]:
    return list(cycle(DagSpec(dag_id="etl", file=FILE, line=1, tasks=tasks), Settings()))


def test_a_dag_without_a_cycle_has_no_finding() -> None:
    assert findings(task("a", "b", "c"), task("b", "c"), task("c")) == []


def test_the_full_path_is_shown_at_the_line_of_its_smallest_task() -> None:
    [finding] = findings(task("c", "a", line=9), task("b", "c", line=8), task("a", "b", line=7), task("z", line=3))
    assert finding.lines() == [
        "dags/etl.py:7: etl: the tasks form a cycle: a -> b -> c -> a [cycle]",
        "    Airflow refuses the whole DAG",
        "    dags/etl.py:7: a",
        "    dags/etl.py:8: b",
        "    dags/etl.py:9: c",
        "    fix: remove the dependency c >> a, or another one of the path",
    ]


def test_a_task_that_waits_for_itself_is_a_cycle() -> None:
    [finding] = findings(task("a", "a", line=7))
    assert finding.what == "the tasks form a cycle: a -> a"


def test_tasks_made_elsewhere_are_found_there() -> None:
    [finding] = findings(task("a", "b", file="dags/factory.py", line=3), task("b", "a", line=9))
    assert (finding.file, finding.line) == ("dags/factory.py", 3)


def test_without_the_tasks_line_it_stands_at_the_dag() -> None:
    [finding] = findings(task("a", "b", file=None), task("b", "a", file=None))
    assert (finding.file, finding.line, finding.proof) == (FILE, 1, ())


def test_a_cycle_of_thousands_is_shown_by_both_ends() -> None:
    ids = [f"t{number:04}" for number in range(3000)]
    [finding] = findings(*(task(this, after, line=1) for this, after in zip(ids, [*ids[1:], ids[0]], strict=True)))
    assert "t0009 -> ... 2981 more ... -> t2991" in finding.what
    assert finding.what.endswith("t2999 -> t0000")
    assert finding.proof[-1] == "... 2960 more tasks ..."


def test_an_edge_to_a_task_that_is_not_there_is_no_cycle() -> None:
    assert findings(task("a", "gone")) == []
