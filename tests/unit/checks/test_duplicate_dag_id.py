from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.duplicate_dag_id import duplicate_dag_id
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.record import FileRecord, Refusal
from dagcheck.spec import DagSpec


def made(
    file: str, *dags: tuple[str, int], made_in: str | None = None, refusals: tuple[Refusal, ...] = ()
) -> FileRecord:
    specs = tuple(DagSpec(dag_id=dag_id, file=made_in or file, line=line) for dag_id, line in dags)
    return FileRecord(file=file, dags=specs, refusals=refusals)


def findings(*records: FileRecord) -> list[Finding]:
    return list(duplicate_dag_id(records, Settings()))


def test_different_ids_have_no_finding() -> None:
    assert findings(made("dags/a.py", ("a", 1), ("b", 2)), made("dags/c.py", ("c", 1))) == []


def test_each_of_the_files_is_told_about_the_others() -> None:
    found = findings(made("dags/a.py", ("etl", 4)), made("dags/b.py", ("x", 2), ("etl", 9)))
    assert [finding.lines() for finding in found] == [
        [
            "dags/a.py:4: etl: the DAG id is used more than once: also at dags/b.py:9 [duplicate-dag-id]",
            "    Airflow keeps one of the DAGs, and which one depends on the order of parsing",
            "    fix: give each DAG a dag_id of its own",
        ],
        [
            "dags/b.py:9: etl: the DAG id is used more than once: also at dags/a.py:4 [duplicate-dag-id]",
            "    Airflow keeps one of the DAGs, and which one depends on the order of parsing",
            "    fix: give each DAG a dag_id of its own",
        ],
    ]


def test_three_files_each_name_two_others() -> None:
    found = findings(*(made(f"dags/{name}.py", ("etl", 4)) for name in "abc"))
    assert found[1].what == "the DAG id is used more than once: also at dags/a.py:4, dags/c.py:4"


def test_two_dags_of_one_file_are_duplicates() -> None:
    found = findings(made("dags/a.py", ("etl", 4), ("etl", 9)))
    assert [(finding.line, finding.what) for finding in found] == [
        (4, "the DAG id is used more than once: also at dags/a.py:9"),
        (9, "the DAG id is used more than once: also at dags/a.py:4"),
    ]


def test_a_loop_that_uses_one_id_is_told_once() -> None:
    [finding] = findings(made("dags/a.py", *[("etl", 4)] * 3))
    assert finding.headline == (
        "dags/a.py:4: etl: the DAG id is used more than once: 3 times at this line [duplicate-dag-id]"
    )


def test_airflows_own_refusal_is_not_counted_again() -> None:
    refusal = Refusal(dag_id="etl", type="AirflowDagDuplicatedIdException", message="", line=None)
    assert len(findings(made("dags/a.py", ("etl", 4), ("etl", 9), refusals=(refusal,)))) == 2


def test_a_dag_that_only_airflows_refusal_shows_is_counted() -> None:
    refusal = Refusal(dag_id="etl", type="AirflowDagDuplicatedIdException", message="", line=9)
    found = findings(made("dags/a.py", ("etl", 4), refusals=(refusal,)))
    assert [finding.line for finding in found] == [4, 9]


def test_other_refusals_are_no_duplicates() -> None:
    refusal = Refusal(dag_id="etl", type="AirflowTimetableInvalid", message="", line=9)
    assert findings(made("dags/a.py", ("etl", 4), refusals=(refusal,))) == []


def test_dags_that_a_factory_made_are_reported_in_their_own_files() -> None:
    found = findings(
        made("dags/a.py", ("etl", 4), made_in="lib/factory.py"), made("dags/b.py", ("etl", 4), made_in="lib/factory.py")
    )
    assert [(finding.file, finding.line) for finding in found] == [("dags/a.py", None), ("dags/b.py", None)]
    assert found[0].what == "the DAG id is used more than once: also at dags/b.py (made at lib/factory.py:4)"


def test_a_file_that_imports_anothers_dag_is_told_so() -> None:
    home, importer = findings(made("dags/a.py", ("etl", 4)), made("dags/b.py", ("etl", 4), made_in="dags/a.py"))
    assert home.fix == "give each DAG a dag_id of its own"
    assert importer.fix == "do not import the DAG object from dags/a.py: Airflow finds it in both files"


def test_records_are_read_once() -> None:
    def stream() -> Iterator[FileRecord]:
        yield made("dags/a.py", ("etl", 4))
        yield made("dags/b.py", ("etl", 9))

    assert len(list(duplicate_dag_id(stream(), Settings()))) == 2
