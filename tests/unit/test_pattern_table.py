"""The catalogue of patterns is covered, and its page is made from what ran."""

from __future__ import annotations

from pathlib import Path

import pytest

import pattern_table

_JUNIT = """<testsuites><testsuite>
<testcase name="one"><properties><property name="pattern" value="A4 in memory"/>
<property name="dag_test" value="complex_branching"/></properties></testcase>
<testcase name="two"><properties><property name="pattern" value="C1 PostgreSQL"/></properties>{outcome}</testcase>
</testsuite></testsuites>"""


def _run(folder: Path, name: str, outcome: str = "") -> Path:
    file = folder / name
    file.write_text(_JUNIT.format(outcome=outcome), encoding="utf-8")
    return file


def test_every_pattern_has_a_reference_dag_and_a_test() -> None:
    _, rows, tests_only = pattern_table.catalogue()
    assert len(rows) == 76
    assert pattern_table.gaps(rows, tests_only) == []


def test_the_page_is_what_the_tool_writes() -> None:
    families, rows, _ = pattern_table.catalogue()
    page = (pattern_table.DOCS / "patterns.md").read_text(encoding="utf-8")
    assert page == pattern_table.render(families, rows, pattern_table.load()), "run tools/pattern_table.py"


def test_what_ran_is_told_by_how_and_version(tmp_path: Path) -> None:
    files = [_run(tmp_path, "py312-airflow33.xml"), _run(tmp_path, "py311-airflow27.xml")]
    assert pattern_table.read_runs(files) == {
        "A4": {"in memory": ["2.7", "3.3"], "dag.test()": ["2.7", "3.3"]},
        "C1": {"PostgreSQL": ["2.7", "3.3"]},
    }


@pytest.mark.parametrize("outcome", ["<failure/>", "<error/>", "<skipped/>"])
def test_a_version_on_which_a_test_did_not_pass_is_not_named(tmp_path: Path, outcome: str) -> None:
    files = [_run(tmp_path, "py312-airflow33.xml"), _run(tmp_path, "py311-airflow27.xml", outcome)]
    assert pattern_table.read_runs(files)["C1"] == {"PostgreSQL": ["3.3"]}


def test_what_is_known_of_other_versions_stays() -> None:
    known = {"C1": {"PostgreSQL": ["2.9", "3.3"], "in memory": ["3.3"]}, "D9": {"HTTP server": ["3.3"]}}
    new = {"C1": {"PostgreSQL": ["3.3", "3.2"]}}
    assert pattern_table.merged(known, new, {"3.3", "3.2"}) == {"C1": {"PostgreSQL": ["2.9", "3.2", "3.3"]}, "D9": {}}


def test_a_file_of_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"junit\.xml is not named after a tox environment"):
        pattern_table.read_runs([_run(tmp_path, "junit.xml")])


def _project(root: Path, dag: str, test: str) -> Path:
    for folder in ("docs", "reference_dags/family", "tests/reference"):
        (root / folder).mkdir(parents=True)
    (root / "docs/patterns.toml").write_text('tests_only = ["B1"]\n[A]\ntitle = "a"\nA1 = "one"\nA2 = "two"\n'
                                             '[B]\ntitle = "b"\nB1 = "three"\n', encoding="utf-8")  # fmt: skip
    (root / "reference_dags/family/dag.py").write_text(dag, encoding="utf-8")
    (root / "tests/reference/test_it.py").write_text(test, encoding="utf-8")
    return root


def test_files_are_found_by_their_docstring_and_their_marks(tmp_path: Path) -> None:
    root = _project(
        tmp_path, '"""A1 (first part), A2: both of them."""', 'pytestmark = pytest.mark.pattern("A1", "B1")'
    )
    _, rows, tests_only = pattern_table.catalogue(root)
    assert [(row.name, row.dags, row.tests) for row in rows.values()] == [
        ("A1", ["reference_dags/family/dag.py"], ["tests/reference/test_it.py"]),
        ("A2", ["reference_dags/family/dag.py"], []),
        ("B1", [], ["tests/reference/test_it.py"]),
    ]
    assert pattern_table.gaps(rows, tests_only) == ["A2: no test"]


def test_a_row_that_there_is_not_is_refused(tmp_path: Path) -> None:
    root = _project(tmp_path, '"""A9: no such row."""', "")
    with pytest.raises(ValueError, match=r"reference_dags/family/dag\.py names no row of the catalogue: A9"):
        pattern_table.catalogue(root)
