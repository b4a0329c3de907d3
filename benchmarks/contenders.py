"""What is compared: for each contender the command that loads or checks a project's DAG files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generate import DAG_FOLDER

HERE = Path(__file__).resolve().parent
FLOOR = "floor"
NAMES = (
    FLOOR,
    "empty",
    "dagbag",
    "box",
    "box-2",
    "dagcheck-1-no-sweep",
    "dagcheck-1",
    "dagcheck-2-no-sweep",
    "dagcheck-2",
)
_VERSIONS = "from importlib.metadata import version as v; print(v('apache-airflow'), v('pytest-airflow-in-a-box'))"
_UNWANTED = ("AIRFLOW", "PYTEST", "PYTHONDONTWRITEBYTECODE", "_AIRFLOW")


class NotComparableError(Exception):
    """The interpreter for pytest-airflow-in-a-box has another Airflow, or has not got the plugin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """`title` stands in the table; `command` is run in the project's folder; `is_pytest` false for the floor."""

    name: str
    title: str
    command: tuple[str, ...]
    is_pytest: bool = True


def contenders(python_with_box: Path | None) -> Iterator[Contender]:
    """Yield all that can be run, in the order of the table."""
    ours, box = sys.executable, str(python_with_box)
    yield Contender(name=FLOOR, title=FLOOR, command=(ours, str(HERE / "floor.py"), DAG_FOLDER), is_pytest=False)
    test = ("-p", "no:dagcheck", "--rootdir", ".", "-c", "pyproject.toml")
    empty = _pytest(ours, *test, str(HERE / "empty_tests.py"))
    yield Contender(name="empty", title="pytest, two empty tests per file", command=empty)
    by_hand = _pytest(ours, *test, str(HERE / "handwritten.py"))
    yield Contender(name="dagbag", title="hand-written DagBag test", command=by_hand)
    if python_with_box is not None:
        smoke = _pytest(box, "--airflow-smoke", "--dag-folder", DAG_FOLDER)
        fan_out = ("--airflow-dag-bag-fanout", "-o", "airflow_dag_bag_fanout_workers=2")
        yield Contender(name="box", title="pytest-airflow-in-a-box", command=smoke)
        yield Contender(name="box-2", title="pytest-airflow-in-a-box, 2 workers", command=(*smoke, *fan_out))
    for workers in (1, 2):
        check = _pytest(ours, "--dagcheck", "--dagcheck-workers", str(workers))
        title = f"dagcheck, {workers} worker{'s' * (workers > 1)}"
        loading = (*check, "--dagcheck-sweep-seconds", "0")  # what the others do is to be compared with this
        yield Contender(name=f"dagcheck-{workers}-no-sweep", title=f"{title}, no sweep", command=loading)
        yield Contender(name=f"dagcheck-{workers}", title=title, command=check)


def _pytest(python: str, *arguments: str) -> tuple[str, ...]:
    return (python, "-m", "pytest", "-p", "peak_memory", *arguments)


def require_same_airflow(python: Path, airflow: str) -> str:
    """Return the version of pytest-airflow-in-a-box beside that interpreter; raises NotComparableError."""
    try:
        told = subprocess.run([python, "-c", _VERSIONS], capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotComparableError(f"{python} does not have pytest-airflow-in-a-box and Airflow: {error}") from error
    if told[0] != airflow:
        raise NotComparableError(f"{python} has Airflow {told[0]}, this interpreter {airflow}: install the same one")
    return told[1]


def environment(outside: Mapping[str, str], project: Path, home: Path) -> dict[str, str]:
    """Return the environment of a run: a fresh AIRFLOW_HOME, nothing else of Airflow's or pytest's from outside."""
    kept = {name: value for name, value in outside.items() if not name.startswith(_UNWANTED)}
    path = [str(HERE), *filter(None, [outside.get("PYTHONPATH")])]
    return {
        **kept,
        "PYTHONPATH": ":".join(path),  # for -p peak_memory
        "TMPDIR": str(home),
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(project / DAG_FOLDER),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
