"""The test that most repositories with DAGs have copied: one DagBag for the session, one test per file.

`check_folder.py` runs it with the DAG folder in core.dags_folder, as Airflow and this test find it by default.
"""
# ruff: noqa: S101 - a test

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from airflow.configuration import conf
from airflow.models import DagBag

DAGS = Path(conf.get("core", "dags_folder"))
FILES = sorted(file for file in DAGS.rglob("*.py") if "airflow" in file.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def dag_bag() -> Any:
    """Parse the folder once. Example DAGs are off in the environment: 3.3 has no `include_examples` any more."""
    return DagBag(str(DAGS))


@pytest.fixture(scope="session")
def dags_by_file(dag_bag: Any) -> dict[str, list[Any]]:
    """Find a file's DAGs without looking through all of them each time."""
    found = defaultdict(list)
    for dag in dag_bag.dags.values():
        found[dag.fileloc].append(dag)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(DAGS)))
def test_dag_file(file: Path, dag_bag: Any, dags_by_file: dict[str, list[Any]]) -> None:
    """The file loads, has a DAG, and each DAG has what the team agreed on."""
    assert str(file) not in dag_bag.import_errors, dag_bag.import_errors[str(file)]
    assert dags_by_file[str(file)], f"no DAG in {file}"
    for dag in dags_by_file[str(file)]:
        assert dag.tasks, f"{dag.dag_id} has no tasks"
        assert dag.tags, f"{dag.dag_id} has no tags"
        assert dag.owner != "airflow", f"{dag.dag_id} has no owner"
        assert all(task.retries is not None for task in dag.tasks)
