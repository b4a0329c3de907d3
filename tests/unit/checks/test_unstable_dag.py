from __future__ import annotations

from dagcheck.checks.registry import Settings
from dagcheck.checks.unstable_dag import dynamic_start_date, unstable_dag
from dagcheck.findings import Finding
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec

FILE = "dags/etl.py"


def findings(*unstable: str) -> list[Finding]:
    dags = tuple(DagSpec(dag_id=dag_id, file=FILE, line=line) for dag_id, line in (("etl", 4), ("etl: b", 9)))
    return list(unstable_dag(FileRecord(file=FILE, dags=dags, unstable=unstable), Settings()))


def test_a_stable_file_has_no_finding() -> None:
    assert findings() == []


def test_it_names_the_dag_and_the_first_difference() -> None:
    [finding] = findings("etl: catchup is True, then False")
    assert finding.lines() == [
        "dags/etl.py:4: etl: two parses give different DAGs: catchup is True, then False [unstable-dag]",
        "    each parse makes a new DAG version, and the scheduler and the worker see different DAGs",
        "    fix: keep the clock, random, uuid and the order of sets out of ids, arguments and dates",
    ]


def test_an_id_with_a_colon_is_not_mistaken_for_a_shorter_one() -> None:
    [finding] = findings("etl: b: tasks differ")
    assert (finding.dag_id, finding.line, finding.what) == ("etl: b", 9, "two parses give different DAGs: tasks differ")


def test_a_dag_that_only_the_other_parse_made_is_told_in_words() -> None:
    [finding] = findings("etl_2025: is made by one parse only")
    assert (finding.dag_id, finding.line) == (None, None)
    assert finding.what == "two parses give different DAGs: etl_2025: is made by one parse only"


def test_a_start_date_that_differs_is_told_by_a_check_of_its_own() -> None:
    difference = "etl: start_date is 2025-01-01 in one parse and 2025-01-02 in another"
    assert findings(difference) == []
    dags = (DagSpec(dag_id="etl", file=FILE, line=4),)
    record = FileRecord(file=FILE, dags=dags, unstable=(difference, "etl: catchup is True, then False"))
    [finding] = dynamic_start_date(record, Settings())
    assert finding.lines()[0] == (
        "dags/etl.py:4: etl: the start date moves with the clock: 2025-01-01 in one parse and 2025-01-02 in another "
        "[dynamic-start-date]"
    )
