"""The reference DAGs of this repository are clean on the installed Airflow, with the repository's own configuration.

That configuration gives every check a level that fails the run, policies included.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytestmark = [pytest.mark.every_version, pytest.mark.providers]

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "reference_dags"
AIRFLOWS_OWN_BAG = """
import json, os, sys
try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:  # before 3.2
    from airflow.models import DagBag
try:
    from airflow.operators.subdag import SubDagOperator
    SubDagOperator._validate_pool = lambda _self, _session: None  # it asks a metadata DB, and here is none
except ImportError:  # 3.x
    pass
bag = DagBag(sys.argv[1])
files = {dag.dag_id: os.path.relpath(dag.fileloc, sys.argv[1]) for dag in bag.dags.values()}
json.dump({"dags": files, "errors": bag.import_errors}, open(sys.argv[2], "w"))
"""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[ET.Element]:
    """The test cases of one run as its JUnit file has them."""
    junit = tmp_path_factory.mktemp("reference") / "junit.xml"
    options = ["-p", "no:cacheprovider", "-p", "no:randomly", f"--junitxml={junit}"]
    command = [sys.executable, "-m", "pytest", "--dagcheck", "reference_dags", *options]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}  # for this run alone
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "errors  warnings" in done.stdout
    return list(ET.parse(junit).iter("testcase"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The file of each DAG, by its id, as Airflow's own DagBag finds them in the folder."""
    home = tmp_path_factory.mktemp("home")
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(FOLDER),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(FOLDER),
    }
    command = [sys.executable, "-c", AIRFLOWS_OWN_BAG, str(FOLDER), str(home / "bag.json")]
    subprocess.run(command, env={**os.environ, **own}, check=True, capture_output=True)
    found = json.loads((home / "bag.json").read_text(encoding="utf-8"))
    assert found["errors"] == {}
    dags: dict[str, str] = found["dags"]
    return dags


@pytest.mark.pattern("C13", "E4", how="pytest --dagcheck")
def test_the_dags_that_airflow_finds_pass_every_check(cases: list[ET.Element], files: dict[str, str]) -> None:
    assert {"etl_basics", "mapped_regions", "complex_branching", "group_dependencies"} < set(files)
    passed = sorted(str(case.get("name")) for case in cases if len(case) == 0)
    assert set(files) <= set(passed)
    assert len(passed) == len(cases)


def test_each_file_of_the_folder_is_checked(cases: list[ET.Element], files: dict[str, str]) -> None:
    modules = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.py")}
    dag_files = {name for name in modules if not name.startswith("common/")}
    assert set(files.values()) <= dag_files
    assert len(cases) == len(dag_files) + len(files)  # an item per file, and one per DAG


def test_no_check_is_off_for_them() -> None:
    from dagcheck import config
    from dagcheck.checks.registry import all_checks
    from dagcheck.findings import Level

    levels = config.load(ROOT)
    assert [name for name, one in all_checks().items() if levels.level_of(name, one.level) is Level.OFF] == []
