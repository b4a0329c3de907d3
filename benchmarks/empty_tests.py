"""Two tests per DAG file that do nothing: what pytest itself costs, before anything is loaded or checked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DAGS = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
FILES = sorted(file for file in DAGS.rglob("*.py") if "airflow" in file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("what", ["loads", "checks"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(DAGS)))
def test_dag_file(file: Path, what: str) -> None:
    """As `pytest --dagcheck` has an item for each file and one for its DAG."""
