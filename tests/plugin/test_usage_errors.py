"""What the user got wrong is a usage error that names it, never a green run and never a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run


@pytest.fixture
def shop(repository: Repository) -> Repository:
    repository.dag("dags/etl.py", "etl_daily")
    return repository


def _error(run: Run) -> str:
    """The text of a usage error."""
    assert (run.status, run.outcomes, run.findings) == (pytest.ExitCode.USAGE_ERROR, {}, [])
    assert "Traceback" not in run.errors + run.output
    return run.errors


def test_a_missing_folder_on_the_command_line_is_named(shop: Repository) -> None:
    assert str(shop.root / "dagz") in _error(shop.check("dagz"))


def test_a_missing_default_folder_is_named_with_the_ways_to_give_another(repository: Repository) -> None:
    text = _error(repository.check())
    assert str(repository.root / "dags") in text
    assert "dag_folder in [tool.dagcheck]" in text


def test_a_missing_configured_folder_is_named_with_its_origin(shop: Repository) -> None:
    shop.configure('dag_folder = ["dags", "more_dags"]')
    text = _error(shop.check())
    assert str(shop.root / "more_dags") in text
    assert "dag_folder in pyproject.toml" in text


def test_an_empty_folder_on_the_command_line_says_what_was_looked_for(shop: Repository) -> None:
    (shop.root / "empty").mkdir()
    text = _error(shop.check("empty"))
    assert str(shop.root / "empty") in text
    assert "'airflow'" in text


def test_an_empty_folder_beside_a_good_one_is_an_error(shop: Repository) -> None:
    (shop.root / "empty").mkdir()
    assert str(shop.root / "empty") in _error(shop.check("dags", "empty"))


def test_an_empty_default_folder_says_what_was_looked_for(repository: Repository) -> None:
    (repository.root / "dags").mkdir()
    text = _error(repository.check())
    assert f"no DAG file in {repository.root / 'dags'}" in text
    assert "both 'airflow' and 'dag'" in text


def test_a_folder_with_nothing_like_a_dag_says_what_was_looked_for(repository: Repository) -> None:
    repository.write("scripts/plain.py", "NUMBER = 1\n")
    text = _error(repository.check("scripts"))
    assert str(repository.root / "scripts") in text
    assert "safe mode" in text


def test_a_configured_folder_with_nothing_like_a_dag_is_an_error(shop: Repository) -> None:
    shop.write("scripts/plain.py", "NUMBER = 1\n")
    shop.configure('dag_folder = ["dags", "scripts"]')
    assert f"no DAG file in {shop.root / 'scripts'}" in _error(shop.check())


def test_a_folder_whose_files_are_all_ignored_is_an_error(repository: Repository) -> None:
    repository.dag("dags/etl.py", "etl_daily")
    repository.write("dags/.airflowignore", "etl.py\n")
    assert ".airflowignore" in _error(repository.check())


def test_a_file_that_is_no_dag_file_is_an_error(shop: Repository) -> None:
    shop.write("dags/plain.py", "NUMBER = 1\n")
    assert str(shop.root / "dags/plain.py") in _error(shop.check("dags/plain.py"))


def test_an_unknown_key_is_told_with_the_nearest_one(shop: Repository) -> None:
    shop.configure("time_out = 3.0")
    text = _error(shop.check())
    assert "pyproject.toml: [tool.dagcheck] unknown key 'time_out'; did you mean 'timeout'?" in text


def test_a_wrong_value_is_told_with_what_is_valid(shop: Repository) -> None:
    shop.configure('timeout = "long"')
    assert "timeout: expected seconds, a number greater than 0, got a string: 'long'" in _error(shop.check())


def test_every_problem_is_told_at_once(shop: Repository) -> None:
    shop.configure('time_out = 3.0\nworkers = 0\n[tool.dagcheck.levels]\nparse-netwrok = "off"')
    text = _error(shop.check())
    assert all(word in text for word in ("3 problems", "'timeout'", "workers", "'parse-network'"))


def test_a_wrong_value_of_a_secret_is_not_shown(shop: Repository) -> None:
    shop.configure('[tool.dagcheck.connections]\nwarehouse = "hunter2"')
    text = _error(shop.check())
    assert "warehouse" in text
    assert "hunter2" not in text


def test_a_misspelt_check_in_an_option_is_told_with_the_nearest_one(shop: Repository) -> None:
    text = _error(shop.check("--dagcheck-level", "parse-varable=error"))
    assert "--dagcheck-level: " in text
    assert "did you mean 'parse-variable'?" in text


def test_a_misspelt_level_in_an_option_is_told_with_the_valid_ones(shop: Repository) -> None:
    text = _error(shop.check("--dagcheck-level", "parse-variable=eror"))
    assert "did you mean 'error'?" in text
    assert "Valid: error, off, warning" in text


def test_a_level_without_a_check_is_told_with_an_example(shop: Repository) -> None:
    assert "expected CHECK=LEVEL" in _error(shop.check("--dagcheck-level", "error"))


def test_a_wrong_shard_is_told_with_an_example(shop: Repository) -> None:
    assert "expected K/N with K from 1 to N, such as 2/5, got '3/2'" in _error(shop.check("--dagcheck-shard", "3/2"))


def test_a_wrong_option_value_is_told_with_the_option(shop: Repository) -> None:
    assert "--dagcheck-memory" in _error(shop.check("--dagcheck-memory", "much"))


def test_a_file_that_is_not_toml_is_named_with_the_place(shop: Repository) -> None:
    shop.write("pyproject.toml", "[tool.dagcheck]\ntimeout = = 3\n")
    text = _error(shop.check())  # pytest reads the file first
    assert str(shop.root / "pyproject.toml") in text
    assert "line 2" in text


def test_a_baseline_that_is_not_there_is_told_with_how_to_write_one(shop: Repository) -> None:
    text = _error(shop.check("--dagcheck-baseline", "known.json"))
    assert str(shop.root / "known.json") in text
    assert "--dagcheck-write-baseline" in text


def test_writing_a_baseline_needs_a_file(shop: Repository) -> None:
    assert "--dagcheck-baseline FILE" in _error(shop.check("--dagcheck-write-baseline"))


def test_writing_a_baseline_needs_a_check(shop: Repository) -> None:
    assert "needs --dagcheck" in _error(shop.pytest("--dagcheck-write-baseline"))


def test_a_missing_file_of_values_is_named(shop: Repository) -> None:
    shop.configure('variables_files = ["variables.json"]')
    assert f"{shop.root / 'variables.json'}: there is no such file" in _error(shop.check())


@pytest.fixture
def older(shop: Repository) -> dict[str, str]:
    """An environment in which Airflow's own metadata are those of another version."""
    place = shop.root.parent / "packages"
    for name in ("apache_airflow", "apache_airflow_core"):
        info = place / f"{name}-2.6.3.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.6.3\n", encoding="utf-8")
    return {"PYTHONPATH": str(place)}


def test_an_airflow_that_is_too_old_is_told_in_one_sentence(shop: Repository, older: dict[str, str]) -> None:
    (line,) = _error(shop.check(environ=older)).strip().splitlines()
    assert "2.6.3 is installed, but dagcheck needs 2.7 or newer" in line
    assert "pip install" in line


def test_without_dagcheck_no_version_is_too_old(shop: Repository, older: dict[str, str]) -> None:
    shop.write("test_ordinary.py", "def test_nothing():\n    pass\n")
    assert shop.pytest(environ=older).outcomes == {"test_ordinary.py::test_nothing": "PASSED"}
