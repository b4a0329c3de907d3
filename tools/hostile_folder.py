"""A folder of hostile DAG files with innocent neighbours, and the run of `pytest --dagcheck` over it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dag_corpus import CorpusFile, read_file
from dagcheck_runs import Run, run_dagcheck

CORPUS = Path(__file__).parents[1] / "tests" / "hostile_dags"
TIMEOUT = 3  # seconds; what does not hang takes less than one, but for disk_filled.py
START = 60  # seconds for two interpreters, Airflow and the innocent files
_LIMITS = (f"--dagcheck-timeout={TIMEOUT}", "--dagcheck-memory=512")
# Airflow 2 catches up unless told otherwise, which is not what these files are about.
_CONFIGURATION = """
[tool.dagcheck]
sweep_seconds = 0.5
levels = { catchup-flood = "off" }
"""


@dataclass(frozen=True)
class Folder:
    """Its DAG files by name, what was in all of its files before and after the run, and the run."""

    files: dict[str, CorpusFile]
    before: dict[str, bytes]
    after: dict[str, bytes]
    run: Run


def neighbour(dags: Path, name: str) -> CorpusFile:
    """Write an innocent file that fails in a damaged interpreter."""
    stem = name.removesuffix(".py")
    text = (CORPUS / "good_demanding.py").read_text(encoding="utf-8").replace("good_demanding", stem)
    (dags / name).write_text(text, encoding="utf-8")
    return read_file(dags / name)


def check(root: Path, files: list[CorpusFile], *options: str, seconds: float) -> Folder:
    """Check the files, which are in `root/dags`, and end after so many seconds at the latest."""
    (root / "pyproject.toml").write_text(_CONFIGURATION, encoding="utf-8")
    before = _contents(root)
    run = run_dagcheck(root, "dags", *_LIMITS, *options, seconds=seconds)
    return Folder({file.name: file for file in files}, before, _contents(root), run)


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".zip" and not path.is_symlink()
    }
