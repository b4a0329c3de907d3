from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from dagcheck.config import Rule
from dagcheck.findings import Finding
from dagcheck.ignores import Ignores

CHECKS = ("cycle", "no-dag", "parse-network", "parse-slow", "unused-ignore")


def finding(line: int | None, check: str = "cycle", file: str = "dags/etl.py", dag_id: str | None = None) -> Finding:
    return Finding(check=check, file=file, line=line, dag_id=dag_id, what="wrong")


def write(rootdir: Path, source: str, file: str = "dags/etl.py") -> str:
    path = rootdir / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(source), encoding="utf-8")
    return file


def ignores(rootdir: Path, *rules: Rule, known: tuple[str, ...] = ("dags/etl.py",)) -> Ignores:
    return Ignores(rootdir, rules, CHECKS, known)


def told(findings: list[Finding]) -> list[tuple[int | None, str]]:
    return [(found.line, found.what) for found in findings]


def test_a_comment_on_the_line_of_the_finding_gives_its_reason(tmp_path: Path) -> None:
    write(tmp_path, "x = 1  # dagcheck: ignore[cycle] known since 2024\n")
    assert ignores(tmp_path).covers(finding(1)) == "known since 2024"


def test_a_comment_for_another_check_or_line_covers_nothing(tmp_path: Path) -> None:
    write(tmp_path, "x = 1  # dagcheck: ignore[no-dag] why\ny = 2\n")
    checked = ignores(tmp_path)
    assert checked.covers(finding(1)) is None
    assert checked.covers(finding(2, "no-dag")) is None


def test_one_comment_may_name_several_checks(tmp_path: Path) -> None:
    write(tmp_path, "x = 1  # dagcheck: ignore[cycle, no-dag] why\n")
    checked = ignores(tmp_path)
    assert checked.covers(finding(1)) == "why"
    assert checked.covers(finding(1, "no-dag")) == "why"


def test_the_reason_ends_where_the_next_comment_begins(tmp_path: Path) -> None:
    write(tmp_path, "x = 1  # noqa: E501  # dagcheck: ignore[cycle] - see ticket #12  # pragma: no cover\n")
    assert ignores(tmp_path).covers(finding(1)) == "see ticket #12"


@pytest.mark.parametrize(
    ("line", "source"),
    [
        pytest.param(
            1,
            """\
            task = Operator(
                task_id="a",
            )  # dagcheck: ignore[cycle] why
            """,
            id="call",
        ),
        pytest.param(
            2,
            """\
            chain(
                Operator(
                    task_id="a",  # dagcheck: ignore[cycle] why
                ),
                other,
            )
            """,
            id="call inside a call",
        ),
        pytest.param(
            3,
            """\
            task = (
                Operator.partial(task_id="a")
                .expand(
                    x=[1],
                )  # dagcheck: ignore[cycle] why
            )
            """,
            id="method of a chain",
        ),
        pytest.param(
            1,
            """\
            with DAG(
                "a",
            ) as dag:  # dagcheck: ignore[cycle] why
                pass
            """,
            id="head of a block",
        ),
        pytest.param(
            1,
            """\
            a = f(g(
                b,
            ),
            )  # dagcheck: ignore[cycle] why
            """,
            id="outermost of two brackets",
        ),
        pytest.param(
            1,
            """\
            a = b \\
              + c  # dagcheck: ignore[cycle] why
            """,
            id="continued line",
        ),
    ],
)
def test_a_comment_speaks_for_the_statement_that_starts_on_the_line(tmp_path: Path, line: int, source: str) -> None:
    write(tmp_path, source)
    assert ignores(tmp_path).covers(finding(line)) == "why"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("with DAG('a') as dag:\n    x = 1  # dagcheck: ignore[cycle] why\n", id="body of the block"),
        pytest.param("x = 1\n# dagcheck: ignore[cycle] why\ny = 2\n", id="next line"),
        pytest.param('x = "# dagcheck: ignore[cycle] why"\n', id="in a string"),
        pytest.param('x = """\n# dagcheck: ignore[cycle] why\n"""\n', id="in a long string"),
    ],
)
def test_text_elsewhere_covers_nothing(tmp_path: Path, source: str) -> None:
    write(tmp_path, source)
    checked = ignores(tmp_path)
    assert checked.covers(finding(1)) is None
    assert checked.covers(finding(3)) is None


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"x = (  # dagcheck: ignore[cycle] why\n", id="open bracket"),
        pytest.param(b"# dagcheck: ignore[cycle] why \xff\xfe\n", id="not UTF-8"),
        pytest.param(b"if x:\n        y\n    z  # dagcheck: ignore[cycle] why\n", id="wrong indent"),
        pytest.param(b"# -*- coding: nonsense -*-\n# dagcheck: ignore[cycle] why\n", id="unknown encoding"),
    ],
)
def test_a_file_that_is_not_python_has_no_comments(tmp_path: Path, source: bytes) -> None:
    file = write(tmp_path, "")
    (tmp_path / file).write_bytes(source)
    checked = ignores(tmp_path)
    assert checked.covers(finding(1)) is None
    assert checked.unused([file]) == []


def test_a_null_byte_does_not_stop_the_run(tmp_path: Path) -> None:
    file = write(tmp_path, "")
    (tmp_path / file).write_bytes(b"x = 1  # dagcheck: ignore[no-dag] why\n\0\n")
    assert ignores(tmp_path).covers(finding(1)) is None


def test_a_member_of_a_zip_archive_has_no_comments(tmp_path: Path) -> None:
    write(tmp_path, "not a zip file", "dags/all.zip")
    checked = ignores(tmp_path)
    assert checked.covers(finding(1, file="dags/all.zip/etl.py")) is None
    assert checked.unused(["dags/all.zip/etl.py", "dags/gone.py"]) == []


def test_a_comment_that_matched_is_not_reported(tmp_path: Path) -> None:
    file = write(tmp_path, "x = 1  # dagcheck: ignore[cycle] why\n")
    checked = ignores(tmp_path)
    checked.covers(finding(1))
    assert checked.unused([file]) == []


def test_each_name_that_matched_nothing_is_reported_at_its_line(tmp_path: Path) -> None:
    file = write(tmp_path, "\nx = 1  # dagcheck: ignore[cycle, no-dag] why\n")
    checked = ignores(tmp_path)
    checked.covers(finding(2))
    assert told(checked.unused([file])) == [(2, "ignore[no-dag] matches nothing")]


def test_an_unknown_check_is_reported_with_the_nearest(tmp_path: Path) -> None:
    file = write(tmp_path, "x = 1  # dagcheck: ignore[parse-netwrok] why\n")
    [found] = ignores(tmp_path).unused([file])
    assert (found.check, found.what) == ("unused-ignore", "ignore names no check: 'parse-netwrok'")
    assert found.fix == "did you mean parse-network?"


@pytest.mark.parametrize("text", ["ignore", "ignore[]", "ignore[ , ]"])
def test_a_comment_that_names_no_check_is_reported(tmp_path: Path, text: str) -> None:
    file = write(tmp_path, f"x = 1  # dagcheck: {text} why\n")
    assert told(ignores(tmp_path).unused([file])) == [(1, "ignore names no check")]


def test_a_comment_without_a_reason_works_and_is_reported(tmp_path: Path) -> None:
    file = write(tmp_path, "x = 1  # dagcheck: ignore[cycle]\n")
    checked = ignores(tmp_path)
    assert checked.covers(finding(1)) == "no reason given"
    assert told(checked.unused([file])) == [(1, "ignore[cycle] gives no reason")]


def test_a_comment_that_names_unused_ignore_too_may_be_idle(tmp_path: Path) -> None:
    file = write(tmp_path, "x = 1  # dagcheck: ignore[cycle, unused-ignore] only on Airflow 2\n")
    assert ignores(tmp_path).unused([file]) == []


def test_a_comment_for_a_check_that_did_not_run_cannot_be_judged(tmp_path: Path) -> None:
    file = write(tmp_path, "x = 1  # dagcheck: ignore[cycle] why\n")
    assert Ignores(tmp_path, [], CHECKS, [file], active=["no-dag"]).unused([file]) == []


def test_only_files_of_this_run_are_judged(tmp_path: Path) -> None:
    write(tmp_path, "x = 1  # dagcheck: ignore[cycle] why\n")
    assert ignores(tmp_path).unused([]) == []


def test_a_file_that_an_absent_file_may_import_is_not_judged(tmp_path: Path) -> None:
    file = write(tmp_path, "x = 1  # dagcheck: ignore[cycle] why\n", "dags/shared.py")
    write(tmp_path, "from shared import x\n", "dags/other.py")
    known = (file, "dags/other.py")
    assert ignores(tmp_path, known=known).unused([file]) == []
    assert told(ignores(tmp_path, known=known).unused(known)) == [(1, "ignore[cycle] matches nothing")]


def test_the_comments_of_a_helper_module_with_findings_are_judged_in_a_full_run(tmp_path: Path) -> None:
    helper = write(tmp_path, "x = 1  # dagcheck: ignore[cycle] why\ny = 2\n", "lib/factory.py")
    checked = ignores(tmp_path)
    assert checked.covers(finding(2, file=helper)) is None
    assert [(found.file, found.line) for found in checked.unused(["dags/etl.py"])] == [(helper, 1)]


def test_the_comments_of_a_helper_module_are_not_judged_in_a_partial_run(tmp_path: Path) -> None:
    helper = write(tmp_path, "x = 1  # dagcheck: ignore[cycle] why\ny = 2\n", "lib/factory.py")
    checked = ignores(tmp_path, known=("dags/etl.py", "dags/other.py"))
    checked.covers(finding(2, file=helper))
    assert checked.unused(["dags/etl.py"]) == []


def test_a_rule_covers_by_check_folder_and_dag(tmp_path: Path) -> None:
    rule = Rule(check=("cycle",), folder="dags/legacy", dag="etl_*", reason="to be deleted")
    checked = ignores(tmp_path, rule)
    assert checked.covers(finding(1, file="dags/legacy/old/a.py", dag_id="etl_a")) == "to be deleted"
    assert checked.covers(finding(1, file="dags/legacy2/a.py", dag_id="etl_a")) is None
    assert checked.covers(finding(1, file="dags/legacy/a.py", dag_id="load_a")) is None
    assert checked.covers(finding(1, "no-dag", "dags/legacy/a.py", dag_id="etl_a")) is None


def test_a_rule_without_a_check_covers_every_check_even_without_a_line(tmp_path: Path) -> None:
    checked = ignores(tmp_path, Rule(folder="dags", reason="all"))
    assert checked.covers(finding(None, "no-dag")) == "all"


def test_a_rule_for_a_dag_does_not_cover_a_finding_about_a_whole_file(tmp_path: Path) -> None:
    assert ignores(tmp_path, Rule(dag="*", reason="all")).covers(finding(1)) is None


def test_a_rule_that_matched_nothing_is_reported_where_pyproject_gives_its_reason(tmp_path: Path) -> None:
    write(tmp_path, '[tool.dagcheck]\nignore = [\n  {check = "cycle", reason = "old"},\n]\n', "pyproject.toml")
    [found] = ignores(tmp_path, Rule(check=("cycle",), reason="old")).unused(["dags/etl.py"])
    assert (found.file, found.line) == ("pyproject.toml", 3)
    assert found.what == "ignore rule for cycle matches nothing"


def test_a_rule_whose_reason_stands_twice_in_pyproject_has_no_line(tmp_path: Path) -> None:
    write(tmp_path, '[tool.dagcheck]\nignore = [\n  {check = "cycle", reason = "old"},\n] # old\n', "pyproject.toml")
    [found] = ignores(tmp_path, Rule(check=("cycle",), reason="old")).unused(["dags/etl.py"])
    assert (found.file, found.line) == ("pyproject.toml", None)


def test_each_check_of_a_rule_is_judged_by_itself(tmp_path: Path) -> None:
    checked = ignores(tmp_path, Rule(check=("cycle", "no-dag", "parse-sloww"), folder="dags", reason="old"))
    checked.covers(finding(1))
    assert told(checked.unused(["dags/etl.py"])) == [
        (None, "ignore rule for no-dag, dags matches nothing"),
        (None, "ignore rule for parse-sloww, dags names no check"),
    ]


def test_a_rule_is_judged_only_if_every_file_it_concerns_was_run(tmp_path: Path) -> None:
    known = ("dags/a.py", "dags/legacy/b.py")
    everywhere, legacy = Rule(check=("cycle",), reason="x"), Rule(folder="dags/legacy", reason="y")
    checked = ignores(tmp_path, everywhere, legacy, known=known)
    assert [found.what for found in checked.unused(["dags/legacy/b.py"])] == [
        "ignore rule for dags/legacy matches nothing"
    ]
    assert len(checked.unused(known)) == 2


def test_a_rule_for_a_folder_that_holds_no_dag_file_is_reported_in_a_full_run_only(tmp_path: Path) -> None:
    checked = ignores(tmp_path, Rule(folder="dagz", reason="x"), known=("dags/a.py", "dags/b.py"))
    assert checked.unused(["dags/a.py"]) == []
    assert len(checked.unused(["dags/a.py", "dags/b.py"])) == 1
