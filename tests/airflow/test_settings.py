from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagcheck._airflow.settings import NO_DATABASE, hermetic

if TYPE_CHECKING:
    from tests.airflow.conftest import Room


def test_settings_are_made_without_airflow() -> None:
    code = "import sys, dagcheck._airflow.settings; assert 'airflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_first_folder_is_airflows_dag_folder(tmp_path: Path) -> None:
    made = hermetic(tmp_path / "home", [tmp_path, tmp_path / "other"], None)
    assert made["AIRFLOW__CORE__DAGS_FOLDER"] == str(tmp_path)


def test_a_single_file_gives_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "etl.py"
    file.write_text("")
    assert hermetic(tmp_path / "home", [file], None)["AIRFLOW__CORE__DAGS_FOLDER"] == str(tmp_path)


def test_plugins_come_from_the_throwaway_home_unless_configured(tmp_path: Path) -> None:
    assert hermetic(tmp_path, [], None)["AIRFLOW__CORE__PLUGINS_FOLDER"] == str(tmp_path / "plugins")
    assert hermetic(tmp_path, [], Path("/own"))["AIRFLOW__CORE__PLUGINS_FOLDER"] == "/own"


def test_nobody_can_make_the_metadata_db() -> None:
    path = Path(NO_DATABASE.removeprefix("sqlite:///"))
    with pytest.raises(OSError):  # noqa: PT011 -- which one is the system's business
        path.mkdir(parents=True)
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(path)


def _seen() -> dict[str, str]:
    from airflow import settings
    from airflow.configuration import AIRFLOW_HOME, conf

    options = (("core", "load_examples"), ("core", "dagbag_import_timeout"), ("database", "sql_alchemy_conn"))
    return {
        "home": str(AIRFLOW_HOME),
        "dags": str(settings.DAGS_FOLDER),
        **{f"{section}.{option}": str(conf.get(section, option)) for section, option in options},
    }


def test_airflow_takes_the_settings(room: Room) -> None:
    seen = room(_seen)
    assert seen["dags"] == f"{seen['home']}/dags"
    assert seen["core.load_examples"] == "False"
    assert seen["core.dagbag_import_timeout"] == "0"
    assert seen["database.sql_alchemy_conn"] == NO_DATABASE


def test_airflow_imports_without_a_warning(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", "from airflow.models import DagBag"],
        env={**environment, **hermetic(tmp_path, [], None)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "RemovedInAirflow" not in done.stderr
    assert done.stdout == ""
