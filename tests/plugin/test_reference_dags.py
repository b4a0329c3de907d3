"""The reference DAGs of this repository are clean on the installed Airflow, with the repository's own configuration."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytestmark = pytest.mark.every_version

ROOT = Path(__file__).parents[2]
DAGS = {
    "etl_basics", "group_dependencies", "mapped_regions", "complex_branching",
    "orders_producer", "orders_processor", "orders_consumer", "pooled_queries",
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[ET.Element]:
    """The test cases of one run as its JUnit file has them."""
    junit = tmp_path_factory.mktemp("reference") / "junit.xml"
    options = ["-p", "no:cacheprovider", "-p", "no:randomly", f"--junitxml={junit}"]
    command = [sys.executable, "-m", "pytest", "--dagcheck", "reference_dags", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    assert "errors  warnings" in done.stdout
    return list(ET.parse(junit).iter("testcase"))


def test_each_reference_dag_passes(cases: list[ET.Element]) -> None:
    passed = {case.get("name") for case in cases if len(case) == 0}
    assert passed >= DAGS
    assert len(passed) == len(cases) == 6 + len(DAGS)  # an item per file, and one per DAG
