"""tools/version_table.py: what ran where, from JUnit files to the README."""

from __future__ import annotations

from pathlib import Path

import pytest

import airflow_matrix
import version_table

MINORS = airflow_matrix.read().minors


def _junit(folder: Path, name: str, case: str = "") -> Path:
    file = folder / name
    suite = '<testsuite time="61.4" timestamp="2026-11-20T21:00:00">'
    file.write_text(f'<testsuites>{suite}<testcase classname="t" name="n">{case}</testcase></testsuite></testsuites>')
    return file


def test_a_run_is_named_after_its_environment(tmp_path: Path) -> None:
    minor, run = version_table.read_run(_junit(tmp_path, "py312-airflow210-providers.xml"), MINORS)
    assert minor == "2.10"
    assert run == {"release": "2.10.5", "python": "3.12", "passed": 1, "seconds": 61, "day": "2026-11-20"}


@pytest.mark.parametrize("case", ["<failure/>", "<error/>", "<skipped/>"])
def test_a_run_that_is_no_success_is_refused(tmp_path: Path, case: str) -> None:
    with pytest.raises(ValueError, match="0 passed"):
        version_table.read_run(_junit(tmp_path, "py312-airflow33.xml", case), MINORS)


@pytest.mark.parametrize("name", ["readme-tests.xml", "py312-airflow99.xml"])
def test_a_run_of_no_known_environment_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not named after a tox environment"):
        version_table.read_run(_junit(tmp_path, name), MINORS)


def test_the_table_has_a_column_for_each_version_and_says_which_did_not_run() -> None:
    run: version_table.Result = {"release": "3.3.2", "python": "3.12", "passed": 2713, "seconds": 300, "day": ""}
    lines = version_table.table({"3.3": run}, MINORS).splitlines()
    columns = list(zip(*(line.strip("| ").split(" | ") for line in lines if "with," not in line), strict=True))
    assert columns[-1] == ("3.3", "---", "3.10 to 3.13", "2,713 in 5 min")
    assert columns[1] == ("2.7", "---", "3.10 to 3.11", "not run yet")


def test_the_readme_has_the_table_of_the_results() -> None:
    readme = (version_table.ROOT / "README.md").read_text(encoding="utf-8")
    assert version_table.put(readme, version_table.table(version_table.load(), MINORS)) == readme


def test_a_readme_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        version_table.put("# dagcheck\n", "")
