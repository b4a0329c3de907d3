"""What does a test cost with each fixture and tier, beside what people use today.

    python benchmarks/fixtures.py --pytest-postgresql-python other-venv/bin/python --json figures.json

Run it with an interpreter that has Airflow, dagcheck and its extras `mocks`, `bigquery` and `reference`; not as root,
under whom pytest-postgresql starts no server. Each subject of fixture_subjects.toml is one test that is repeated in a
pytest process of its own, all subjects in turn, and so many rounds, every other one backwards.

Printed are, for each subject, the medians over the rounds of: the first test, in which servers start and modules are
imported; a later test; and the CPU of that as a multiple of the group's first subject in the same round. How it is
measured stands in fixture_timing.py. Wall seconds mean something on an idle machine only; the load is printed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from contenders import HERE, environment
from fixture_timing import REPEAT, TARGET

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

_SUBJECTS = HERE / "fixture_subjects.toml"
_OTHER = "pytest-postgresql"  # of a subject's `python`: the interpreter that an option gives
_SHOWN = 3_000  # characters of the output of a run that failed
_WIDTH = 120
_LEAST = 0.0001  # seconds: less is not measured


class SubjectFailedError(Exception):
    """A subject's tests did not pass, so that its figures would mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One way to test something; `python` is empty for this interpreter."""

    group: str
    title: str
    code: str
    python: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds of one round: of the first test, and of a later one."""

    group: str
    title: str
    round: int
    first_cpu: float
    first_wall: float
    cpu: float
    wall: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    given = _parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    facts = {name: version(name) for name in ("apache-airflow", "dagcheck", "pytest")} | {
        "python": sys.version.split()[0], "cores": str(len(os.sched_getaffinity(0))),
        "load": f"{os.getloadavg()[0]:.2f}", "tests": str(given.tests), "rounds": str(given.rounds),
    }  # fmt: skip
    console.print(", ".join(f"{name} {value}" for name, value in facts.items()))
    subjects = [one for one in _subjects() if re.search(given.only, one.group) and (given.python or not one.python)]
    try:
        timings = _measure_all(subjects, given, console)
    except SubjectFailedError as error:
        print(error, file=sys.stderr)
        return 1
    for group, members in itertools.groupby(subjects, key=lambda one: one.group):
        console.print(_table(group, [one.title for one in members], timings))
    if given.json:
        data = {"facts": facts, "timings": [asdict(one) for one in timings]}
        given.json.write_text(json.dumps(data, indent=1) + "\n", encoding="ascii")
    return 0


def _subjects() -> Iterator[Subject]:
    for one in tomllib.loads(_SUBJECTS.read_text(encoding="utf-8"))["subject"]:
        yield Subject(**one)


def _measure_all(subjects: list[Subject], given: argparse.Namespace, console: Console) -> list[Timing]:
    timings = []
    with console.status("") as status:
        for number in range(given.rounds):
            for subject in reversed(subjects) if number % 2 else subjects:
                status.update(f"round {number + 1} of {given.rounds}: {subject.group}, {subject.title}")
                taken = _seconds(subject, given)
                timings.append(Timing(group=subject.group, title=subject.title, round=number, **taken))
    return timings


def _seconds(subject: Subject, given: argparse.Namespace) -> dict[str, float]:
    """Run the subject's test so many times in a fresh home; raises SubjectFailedError."""
    with tempfile.TemporaryDirectory(prefix="dagcheck-benchmark-") as folder:
        home = Path(folder)
        (home / "test_subject.py").write_text(subject.code, encoding="utf-8")
        (home / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n", encoding="ascii")
        env = {**environment(os.environ, home, home), TARGET: str(home / "timing"), REPEAT: str(given.tests)}
        done = subprocess.run(
            [*_command(subject, given), "test_subject.py"], cwd=home, env=env, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode or f"{given.tests} passed" not in done.stdout:
            raise SubjectFailedError(f"{subject.group}, {subject.title}:\n{done.stdout[-_SHOWN:]}")
        found: dict[str, float] = json.loads((home / "timing").read_text(encoding="ascii"))
        return found


def _command(subject: Subject, given: argparse.Namespace) -> list[str]:
    if subject.python != _OTHER:
        return [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "fixture_timing",
            "-p",
            "no:randomly",
            "-o",
            "dagcheck_hermetic=1",
        ]
    from dagcheck.hooks.postgres.programs import find_programs

    own = f"--postgresql-exec={find_programs(os.environ) / 'pg_ctl'}"  # the same server for both
    return [str(given.python), "-m", "pytest", "-p", "fixture_timing", own]


def _table(group: str, titles: list[str], timings: list[Timing]) -> Table:
    """Return one group's table; ratios are medians of the rounds' own ratios."""
    shown = Table(title=group)
    shown.add_column("", no_wrap=True)
    for column in ("first: CPU s", "wall s", "a test: CPU ms", "wall ms", "CPU, x the first line"):
        shown.add_column(column, justify="right")
    of = {title: [one for one in timings if (one.group, one.title) == (group, title)] for title in titles}
    by = {one.round: max(one.cpu, _LEAST) for one in of[titles[0]]}
    for title in titles:
        own = of[title]
        seconds = [f"{median(getattr(one, name) for one in own):.2f}" for name in ("first_cpu", "first_wall")]
        milliseconds = [f"{1000 * median(getattr(one, name) for one in own):.1f}" for name in ("cpu", "wall")]
        ratio = median(one.cpu / by[one.round] for one in own)
        shown.add_row(title, *seconds, *milliseconds, f"{ratio:.1f}")
    return shown


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="fixtures.py"
    )
    add = parser.add_argument
    add("--tests", type=int, default=100, metavar="N", help="how often each test is repeated (default: 100)")
    add("--rounds", type=int, default=3, metavar="N", help="processes for each subject; the median counts (default: 3)")
    add("--only", default="", metavar="REGEX", help="the groups that match")
    add("--pytest-postgresql-python", dest="python", type=Path, metavar="PATH",
        help="interpreter that has pytest-postgresql beside Airflow; without it that is not measured")  # fmt: skip
    add("--json", type=Path, metavar="FILE", help="write every round to FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
