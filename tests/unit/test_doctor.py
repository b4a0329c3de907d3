from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dagcheck import doctor
from dagcheck.config import ConfigError, load


def told(
    rootdir: Path, environ: Mapping[str, str] | None = None, **overrides: object
) -> dict[str, list[tuple[str, str]]]:
    config = load(rootdir, overrides)
    return dict(doctor.report(config, rootdir=rootdir, powers={"network namespace": "yes"}, environ=environ or {}))


def test_versions_are_told_also_of_what_is_absent(tmp_path: Path) -> None:
    report = doctor.report(load(tmp_path), rootdir=tmp_path, powers={}, pytest_version="9.9.9", environ={})
    versions = dict(dict(report)["Versions"])
    assert versions["pytest"] == "9.9.9"
    assert versions["pydantic"].startswith("2.")
    assert versions["pytest-airflow-in-a-box"] == "not installed"


def test_installed_providers_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = tmp_path / "site" / "apache_airflow_providers_ferry-1.2.3.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text(
        "Metadata-Version: 2.1\nName: apache-airflow-providers-ferry\nVersion: 1.2.3\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert ("apache-airflow-providers-ferry", "1.2.3") in told(tmp_path)["Versions"]


def test_what_was_found_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "flows" / "sub").mkdir(parents=True)
    (tmp_path / "flows" / "sub" / ".airflowignore").touch()
    (tmp_path / "plugins").mkdir()
    found = told(tmp_path, dag_folder=["flows", "more"], plugins_folder="plugins", baseline="b.json")["Found"]
    assert found == [
        ("rootdir", str(tmp_path)),
        ("configuration", f"{tmp_path / 'pyproject.toml'} (not there)"),
        ("DAG folder", str(tmp_path / "flows")),
        (".airflowignore", str(tmp_path / "flows" / "sub" / ".airflowignore")),
        ("DAG folder", f"{tmp_path / 'more'} (not there)"),
        ("plugins folder", str(tmp_path / "plugins")),
        ("baseline", f"{tmp_path / 'b.json'} (not there)"),
    ]


def test_configured_values_are_told_with_their_origin_but_no_secrets(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.dagcheck]\nconnections = {pg = "pg://u:hunter2@h"}\nvariables = {key = "hunter2"}\n'
        'environment = {TOKEN = "hunter2"}\npools = {big = 3}\nallow_processes = ["git", "ls"]\n',
        encoding="utf-8",
    )
    report = told(tmp_path, levels=["cycle=off"], timeout=3)
    assert report["Configuration"] == [
        ("timeout", "3.0 (--dagcheck-timeout)"),
        ("levels", "cycle=off (--dagcheck-level)"),
        ("variables", "key (pyproject.toml)"),
        ("connections", "pg (pyproject.toml)"),
        ("pools", "big=3 (pyproject.toml)"),
        ("environment", "TOKEN (pyproject.toml)"),
        ("allow_processes", "git, ls (pyproject.toml)"),
    ]
    assert "hunter2" not in str(report)


def test_without_configuration_everything_is_default(tmp_path: Path) -> None:
    assert told(tmp_path)["Configuration"] == [("everything", "default")]


def test_a_wrong_configuration_is_told_instead(tmp_path: Path) -> None:
    report = dict(doctor.report(ConfigError("a", "b"), rootdir=tmp_path, powers={}, environ={}))
    assert report["Configuration"] == [("wrong", "a"), ("wrong", "b")]
    assert report["Found"][0] == ("rootdir", str(tmp_path))


def test_the_powers_of_the_sandbox_are_told_as_given(tmp_path: Path) -> None:
    assert told(tmp_path)["Sandbox"] == [("network namespace", "yes")]


def test_the_environment_is_told_by_name_only(tmp_path: Path) -> None:
    environ = {"AIRFLOW__CORE__FERNET_KEY": "hunter2", "AIRFLOW_CONN_PG": "hunter2", "HOME": "hunter2"}
    report = told(tmp_path, environ)
    assert report["Environment that dagcheck does not pass on to DAG code"] == [
        ("AIRFLOW_CONN_PG", "set in this shell"),
        ("AIRFLOW__CORE__FERNET_KEY", "set in this shell"),
    ]
    assert "hunter2" not in str(report)
