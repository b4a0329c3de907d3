from __future__ import annotations

import sys

import pytest

from dagcheck.checks.hints import Hint, hint_for
from dagcheck.record import Failure, FileRecord, Frame, Raised


def hint(message: str, type_: str = "ModuleNotFoundError", file: str = "dags/etl.py") -> Hint:
    frames = (Frame(file=file, line=3, function="<module>"),)
    raised = Raised(type=type_, message=message, frames=frames)
    return hint_for(FileRecord(file=file, failure=Failure(kind="exception", chain=(raised,))))


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("pandas", "pandas"),
        ("pandas.core", "pandas"),
        ("yaml", "PyYAML"),
        ("sklearn.linear_model", "scikit-learn"),
        ("google.cloud.bigquery", "google-cloud-bigquery"),
        ("google.cloud.storage.client", "google-cloud-storage"),
        ("google.oauth2", "google-auth"),
        ("azure.storage.blob", "azure-storage-blob"),
        ("snowflake.connector", "snowflake-connector-python"),
        ("my_company_sdk", "my-company-sdk"),
    ],
)
def test_a_missing_package_is_to_be_installed_under_its_own_name(module: str, package: str) -> None:
    found = hint(f"No module named '{module}'")
    assert found.why == f"{module} is not installed in this environment"
    assert found.fix.startswith(f"pip install {package}; if ")


@pytest.mark.parametrize(
    ("file", "module", "folder"),
    [
        ("company/dags/etl.py", "company.tables", "."),
        ("airflow/dags/common/etl.py", "common", "airflow/dags"),
        ("/opt/repo/dags/etl.py", "dags.lib", "/opt/repo"),
    ],
)
def test_a_module_of_the_repository_needs_its_folder_on_sys_path(file: str, module: str, folder: str) -> None:
    found = hint(f"No module named '{module}'", file=file)
    top = module.split(".", maxsplit=1)[0]
    assert found.why == f"{top} is a module of the repository, and the folder that holds it is not on sys.path"
    assert found.fix == f'name that folder under [tool.dagcheck]: pythonpath = ["{folder}"]'


def test_a_name_that_only_repositories_use_is_taken_for_one() -> None:
    found = hint("No module named 'plugins.operators'")
    assert found.why.startswith("plugins looks like a module of the repository")
    assert found.fix == "name that folder under [tool.dagcheck]: pythonpath = [...]"


def test_a_name_that_a_package_no_longer_has_is_told() -> None:
    found = hint("cannot import name 'soft_unicode' from 'markupsafe' (/x/markupsafe/__init__.py)", "ImportError")
    assert found == Hint(
        "markupsafe is there, but this version of it has no soft_unicode",
        "correct the name, or install the version of markupsafe that has it",
    )


def test_a_circular_import_is_told() -> None:
    message = "cannot import name 'x' from partially initialized module 'etl' (most likely due to a circular import)"
    assert hint(message, "ImportError").why.startswith("two modules import each other")


@pytest.mark.parametrize(
    ("message", "type_", "why"),
    [
        ("No module named 'tomllib'", "ModuleNotFoundError", "tomllib came with Python 3.11"),
        ("cannot import name 'StrEnum' from 'enum' (/x)", "ImportError", "enum.StrEnum came with Python 3.11"),
        ("module 'datetime' has no attribute 'UTC'", "AttributeError", "datetime.UTC came with Python 3.11"),
        ("cannot import name 'override' from 'typing' (/x)", "ImportError", "typing.override came with Python 3.12"),
    ],
)
def test_a_newer_standard_library_is_told(monkeypatch: pytest.MonkeyPatch, message: str, type_: str, why: str) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    assert hint(message, type_).why == why


def test_what_this_python_has_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 11, 0))
    found = hint("cannot import name 'StrEnum' from 'enum' (/repo/dags/enum.py)", "ImportError")
    assert found.why == "enum is there, but this version of it has no StrEnum"


def test_what_left_the_standard_library_comes_with_a_replacement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 0))
    assert hint("No module named 'distutils.util'") == Hint(
        "Python 3.12 took distutils.util out of the standard library, and this is Python 3.13",
        "use packaging, shutil or sysconfig",
    )


def test_an_import_error_of_the_users_own_words_is_not_taken_for_a_missing_package() -> None:
    assert hint("the config could not be read", "ImportError").fix.startswith("correct this line")
