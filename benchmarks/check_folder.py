"""What does it cost to check a DAG folder: dagcheck, what people use today, and the least that is possible.

    python benchmarks/check_folder.py --airflow-in-a-box-python other-venv/bin/python --json figures.json

Run it with an interpreter that has Airflow and dagcheck. For each size it makes a project with so many DAG files
(see generate.py) in a temporary folder and runs, in turn and so many rounds, every other one backwards:

- the floor: one process that imports Airflow and executes every file, nothing else (floor.py)
- pytest with two empty tests per file, without Airflow: what as many items as ours cost by themselves (empty_tests.py)
- a hand-written DagBag test, one test per file (handwritten.py)
- the smoke checks of pytest-airflow-in-a-box, also with its own fan-out to 2 processes
- pytest --dagcheck with 1 and with 2 workers

and prints the medians: CPU seconds of the whole process tree and wall seconds, each also as a multiple of the floor's
in the same round; peak memory of the largest process and of the pytest process itself. How it is measured stands in
meter.py and peak_memory.py. Byte code of libraries exists (each contender is run once beforehand), that of DAG files
does not, as in CI. Wall seconds mean something on an idle machine only; on a busy one multiples of CPU seconds still
do, with enough rounds. The load is printed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console

from contenders import FLOOR, NAMES, Contender, NotComparableError, contenders, require_same_airflow
from generate import CLOCK_EVERY, generate
from runs import Run, RunFailedError, measure
from tables import table, write_json

_WARM_UP_FILES = 8
_SIZES = (200, 1_000, 5_000)
_WIDTH = 110  # of a table that is written to a file
_INTERRUPTED = 130  # exit status after Ctrl-C, as a shell gives it


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    given = _parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    try:
        chosen = _chosen(given, _airflow())
        _print_facts(console, given)
        runs = _measure_all(given, chosen, console)
    except (NotComparableError, RunFailedError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: everything ended and removed", file=sys.stderr)
        return _INTERRUPTED
    if given.json:
        write_json(given.json, runs, _facts(given))
    return 0


def _measure_all(given: argparse.Namespace, chosen: list[Contender], console: Console) -> list[Run]:
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="dagcheck-benchmark-") as folder, console.status("") as status:
        scratch = Path(folder)
        one_size = _OneSize(given, chosen, scratch, status.update)
        one_size.measure(_WARM_UP_FILES, 1)
        for size in given.sizes:
            measured = one_size.measure(size, given.rounds)
            console.print(table(measured, chosen, size))
            runs += measured
    return runs


class _OneSize:
    """Measures all contenders on one folder."""

    def __init__(
        self, given: argparse.Namespace, chosen: list[Contender], scratch: Path, tell: Callable[[str], None]
    ) -> None:
        self._given = given
        self._chosen = chosen
        self._scratch = scratch
        self._tell = tell

    def measure(self, size: int, rounds: int) -> list[Run]:
        """Return all runs; in each round every contender has its turn."""
        project = self._scratch / f"project-{size}"
        generate(project, size, _major(_airflow()), self._given.clock_every)
        runs = []
        for number in range(rounds):
            for contender in reversed(self._chosen) if number % 2 else self._chosen:
                self._tell(f"{size} files, round {number + 1} of {rounds}: {contender.title}")
                run = measure(contender, project, size, self._scratch)
                _require_all(run, contender)
                runs.append(replace(run, round=number))
        return runs


def _require_all(run: Run, contender: Contender) -> None:
    """A contender with a test per file must have one for each; the others have a fixed number."""
    if not contender.name.startswith("box") and run.passed < run.files:
        raise RunFailedError(f"{contender.title}: {run.passed} passed of {run.files} files")


def _chosen(given: argparse.Namespace, airflow: str) -> list[Contender]:
    if given.airflow_in_a_box_python:
        require_same_airflow(given.airflow_in_a_box_python, airflow)
    wanted = {FLOOR, *given.only}
    return [one for one in contenders(given.airflow_in_a_box_python) if one.name in wanted]


def _airflow() -> str:
    try:
        return version("apache-airflow")
    except PackageNotFoundError:
        raise NotComparableError(f"{sys.executable} has no Airflow") from None


def _major(release: str) -> int:
    return int(release.partition(".")[0])


def _facts(given: argparse.Namespace) -> dict[str, str | int]:
    facts: dict[str, str | int] = {
        "airflow": _airflow(),
        "python": sys.version.split()[0],
        "dagcheck": version("dagcheck"),
        "pytest": version("pytest"),
        "cores": len(os.sched_getaffinity(0)),
        "clock_every": given.clock_every,
    }
    if given.airflow_in_a_box_python:
        facts["pytest-airflow-in-a-box"] = require_same_airflow(given.airflow_in_a_box_python, _airflow())
    return facts


def _print_facts(console: Console, given: argparse.Namespace) -> None:
    console.print(", ".join(f"{name} {value}" for name, value in _facts(given).items()))
    console.print(f"load of the machine before the first run: {os.getloadavg()[0]:.2f}")
    if not given.airflow_in_a_box_python:
        console.print("pytest-airflow-in-a-box is not measured: --airflow-in-a-box-python was not given")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="check_folder.py"
    )
    add = parser.add_argument
    add("--sizes", type=_numbers, default=_SIZES, metavar="N,N", help="numbers of DAG files (default: 200,1000,5000)")
    add("--rounds", type=_positive, default=3, metavar="N", help="runs of each; the median counts (default: 3)")
    add("--airflow-in-a-box-python", type=Path, metavar="PATH",
        help="interpreter that has pytest-airflow-in-a-box beside the same Airflow")  # fmt: skip
    add("--only", type=_names, default=NAMES, metavar="NAME,NAME",
        help=f"measure these and the floor alone: {', '.join(NAMES)}")  # fmt: skip
    add("--clock-every", type=int, default=CLOCK_EVERY, metavar="K",
        help=f"one in K files asks for the time in a task; 0: none (default: {CLOCK_EVERY})")  # fmt: skip
    add("--json", type=Path, metavar="FILE", help="write every single run to FILE")
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(_positive(part) for part in text.split(","))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a positive number, got {text!r}")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(NAMES)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
