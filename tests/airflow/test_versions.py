from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import packaging
import pytest

import dagcheck
from dagcheck._airflow import versions


def test_the_installed_version_is_the_distributions() -> None:
    name = "apache-airflow-core" if versions.at_least(3, 0) else "apache-airflow"
    assert versions.installed() == metadata.version(name)


def test_at_least_compares_numbers() -> None:
    major, minor = versions.release()
    assert versions.at_least(major, minor)
    assert versions.at_least(major - 1, 99)
    assert not versions.at_least(major, minor + 1)


def test_the_installed_airflow_can_be_used() -> None:
    assert versions.unsupported_reason() is None


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A place for packages in which there is only what `versions` needs."""
    for package in (packaging, dagcheck):
        place = Path(str(package.__file__)).parent
        shutil.copytree(place, tmp_path / place.name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def install(place: Path, name: str, version: str) -> None:
    info = place / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def reason(place: Path, told: str = "unsupported_reason") -> str:
    code = (
        f"import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p] + [{str(place)!r}]\n"
        "from dagcheck._airflow import versions\n"
        f"print(versions.{told}())\n"
        "assert 'airflow' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-S", "-E", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_no_airflow_is_told_with_what_to_install(elsewhere: Path) -> None:
    assert reason(elsewhere).startswith("Apache Airflow is not installed; install it")
    assert "pip install" in reason(elsewhere)


def test_an_airflow_that_is_too_old_is_told_with_its_version(elsewhere: Path) -> None:
    install(elsewhere, "apache-airflow", "2.6.3")
    assert "Apache Airflow 2.6.3 is installed, but dagcheck needs 2.7 or newer" in reason(elsewhere)


def test_half_an_installation_names_what_is_missing(elsewhere: Path) -> None:
    install(elsewhere, "apache-airflow-core", "3.3.2")
    (elsewhere / "airflow").mkdir()
    (elsewhere / "airflow" / "__init__.py").write_text("raise SystemExit('imported')")
    assert "3.3.2 is only half installed (airflow.sdk is missing)" in reason(elsewhere)


def test_a_namespace_that_a_provider_left_behind_is_no_airflow(elsewhere: Path) -> None:
    install(elsewhere, "apache-airflow", "2.11.2")
    (elsewhere / "airflow" / "providers").mkdir(parents=True)
    assert "2.11.2 is only half installed (airflow is missing)" in reason(elsewhere)


def test_a_minor_version_that_nobody_has_tried_is_told_in_one_line(elsewhere: Path) -> None:
    install(elsewhere, "apache-airflow-core", "3.99.1")
    told = reason(elsewhere, "newer_notice")
    assert told == "Apache Airflow 3.99.1 is newer than 3.3, the newest that this dagcheck was tested with"


def test_nothing_is_told_of_a_newer_patch(elsewhere: Path) -> None:
    install(elsewhere, "apache-airflow-core", "3.3.99")
    assert reason(elsewhere, "newer_notice") == "None"
