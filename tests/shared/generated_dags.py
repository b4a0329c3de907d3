"""What the proofs of generated reference DAGs share."""

from __future__ import annotations

import runpy
from pathlib import Path

GENERATION = Path(__file__).parents[2] / "reference_dags" / "generation"


def generated(name: str) -> list[str]:
    """Parse a DAG file as it is, here and now; return the ids of what it generates."""
    return [dag.dag_id for dag in runpy.run_path(str(GENERATION / name))["DAGS"]]


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {file.name: file.read_bytes() for file in folder.glob("*")}
