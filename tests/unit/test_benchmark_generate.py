"""benchmarks/generate.py: a folder of DAG files that is the same each time."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from dagcheck.probe.sources import volatile_words
from generate import HELPERS, dag_id, generate, source

NUMBERS = range(96)
MAJORS = pytest.mark.parametrize("airflow", [2, 3])


def contents(project: Path) -> dict[str, bytes]:
    """Return every file of a project."""
    return {str(path.relative_to(project)): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def imports_of(text: str) -> set[str]:
    """Return the modules that a file imports from."""
    return {node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom) and node.module}


@MAJORS
def test_the_same_arguments_give_the_same_project(tmp_path: Path, airflow: int) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    files = generate(first, 30, airflow)
    generate(second, 30, airflow)
    assert len(files) == 30
    assert contents(first) == contents(second)


def test_a_smaller_project_has_the_first_files_of_a_larger_one(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    generate(small, 10, 3)
    generate(large, 20, 3)
    assert contents(small).items() <= contents(large).items()


def test_nothing_in_the_project_is_called_a_test(tmp_path: Path) -> None:
    generate(tmp_path / "project", 10, 3)
    assert not [path for path in (tmp_path / "project").rglob("*") if "test" in path.name]


@MAJORS
def test_no_two_files_are_alike(airflow: int) -> None:
    assert len({source(number, airflow) for number in NUMBERS}) == len(NUMBERS)


def test_no_two_ids_are_alike() -> None:
    assert len({dag_id(number) for number in range(5_000)}) == 5_000


@MAJORS
def test_each_file_compiles_and_names_its_id(airflow: int) -> None:
    for number in NUMBERS:
        text = source(number, airflow)
        compile(text, f"{number}.py", "exec")
        assert f'dag_id="{dag_id(number)}"' in text


@MAJORS
def test_the_helper_module_compiles_and_is_no_dag_file_for_safe_mode(tmp_path: Path, airflow: int) -> None:
    generate(tmp_path / "project", 1, airflow)
    helpers = [path.read_text() for path in (tmp_path / "project").rglob(f"{HELPERS}/*.py")]
    assert any(compile(text, "helper.py", "exec").co_names for text in helpers)
    assert not any("airflow" in text and "dag" in text for text in helpers)


@MAJORS
def test_a_quarter_of_each_kind_uses_the_helper_module(airflow: int) -> None:
    uses = ["common.defaults" in imports_of(source(number, airflow)) for number in NUMBERS]
    assert [sum(uses[kind::4]) for kind in range(4)] == [6, 6, 6, 6]


@MAJORS
def test_the_four_kinds_take_turns(airflow: int) -> None:
    signs = (r"load\(check\(combine\(", r"= PythonOperator\(", r"= BranchPythonOperator\(", r"\.expand\(")
    for number in NUMBERS:
        found = [bool(re.search(sign, source(number, airflow))) for sign in signs]
        assert found.index(True) == number % 4
        assert found.count(True) == 1


@MAJORS
def test_each_kind_comes_with_five_to_ten_tasks(airflow: int) -> None:
    made = r"^    @task|\bEmptyOperator\(|\w*PythonOperator\(|BashOperator(?:\.partial)?\("
    counts = [len(re.findall(made, source(number, airflow), re.MULTILINE)) for number in NUMBERS]
    assert [sorted(set(counts[kind::4])) for kind in range(4)] == [[5, 6, 7, 8, 9, 10]] * 4


def test_files_for_airflow_3_import_from_the_sdk_and_the_standard_provider_alone() -> None:
    modules = {module for number in NUMBERS for module in imports_of(source(number, 3)) if "airflow" in module}
    assert "airflow.sdk" in modules
    assert all(name == "airflow.sdk" or name.startswith("airflow.providers.standard.") for name in modules)


def test_files_for_airflow_2_import_neither_the_sdk_nor_the_standard_provider() -> None:
    modules = {module for number in NUMBERS for module in imports_of(source(number, 2)) if "airflow" in module}
    assert "airflow.decorators" in modules
    assert not [name for name in modules if name.startswith(("airflow.sdk", "airflow.providers"))]


@MAJORS
@pytest.mark.parametrize(("every", "files"), [(8, 12), (2, 48), (0, 0)])
def test_a_known_share_of_the_files_asks_for_the_time(airflow: int, every: int, files: int) -> None:
    texts = [source(number, airflow, every) for number in NUMBERS]
    assert sum(bool(volatile_words(text)) for text in texts) == files
