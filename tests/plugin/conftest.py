"""Small repositories with DAG files, and pytest run in them as their owner would run it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

# Names that DAG files of these tests use; the same on every Airflow version, and deprecated on none.
HEADER = """\
import os
from datetime import datetime
from airflow import DAG
from airflow.models import BaseOperator
try:
    from airflow.sdk import Variable
except ImportError:
    from airflow.models import Variable
try:
    from airflow.sdk import BaseHook
except ImportError:  # also on 3.0
    from airflow.hooks.base import BaseHook
DAILY = {"start_date": datetime(2024, 1, 1), "schedule": "@daily", "catchup": False}

"""
# No warning may come from code of dagcheck's, but the one that Airflow was imported too early.
PYTEST = r"""
[tool.pytest.ini_options]
filterwarnings = ['error:::dagcheck\b', 'error:::pytest_dagcheck\b', 'default:Airflow was imported before']
"""
# What an interpreter needs, and what measures coverage in subprocesses; nothing that pytest or Airflow reads.
_KEPT = re.compile(r"PATH|PYTHONPATH|LANG|LC_.*|LD_LIBRARY_PATH|VIRTUAL_ENV|COVERAGE_.*|COV_CORE_.*|SYSTEMROOT")
_OUTCOME = re.compile(r"^(PASSED|FAILED|ERROR|SKIPPED) (\S.*?)(?: - .*)?$", re.MULTILINE)
_HEADLINE = re.compile(r"^(?!PASSED |FAILED |ERROR )\S.*: .* \[(?:[a-z]+(?:-[a-z]+)*|[A-Z]+\d+)\]$", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LIMIT = 240  # seconds; pytest itself and Airflow's import take about three


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of pytest: exit status, standard output, standard error."""

    status: int
    output: str
    errors: str

    @property
    def text(self) -> str:
        """The standard output without colour codes."""
        return _COLOUR.sub("", self.output)

    @property
    def outcomes(self) -> dict[str, str]:
        """PASSED or FAILED by node id."""
        return {found[2]: found[1] for found in _OUTCOME.finditer(self.text)}

    @property
    def findings(self) -> list[str]:
        """The headlines of the findings, in the order shown."""
        return _HEADLINE.findall(self.text)

    def finding(self, check: str, contains: str = "") -> str:
        """The one finding of a check, with all of its lines."""
        heads = [head for head in self.findings if head.endswith(f"[{check}]") and contains in head]
        assert len(heads) == 1, f"{len(heads)} findings of {check} with {contains!r} in:\n{self.text}"
        rest = self.text.partition(f"\n{heads[0]}\n")[2].splitlines()
        length = next((n for n, line in enumerate(rest) if not line.startswith("    ")), len(rest))
        return "\n".join([heads[0], *rest[:length]])

    @property
    def figures(self) -> dict[str, float]:
        """The closing table."""
        titles, values = self.text.rpartition("\nfiles  DAGs")[2].splitlines()[:2]
        names = ["files", "DAGs", *re.split(" {2,}", titles.strip())]  # one is "cut short"
        return dict(zip(names, map(float, values.replace(",", "").split()), strict=True))


class Repository:
    """A folder of its own, with a home folder and a folder for temporary files beside it.

    `without`: plugins of pytest that take a third of a second to load, and matter to few tests.
    """

    without: tuple[str, ...] = ("hypothesispytest", "anyio")
    python: str = sys.executable

    def __init__(self, place: Path) -> None:
        self.root = place / "repository"
        self.home = place / "home"
        self.temporary = place / "tmp"
        for folder in (self.root, self.home, self.temporary):
            folder.mkdir()
        self.write("pyproject.toml", PYTEST)

    def write(self, path: str, text: str) -> Path:
        """Write a file, making its folders."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return file

    def dag_code(self, path: str, body: str) -> Path:
        """Write a DAG file; the header gives it what it needs of Airflow."""
        return self.write(path, HEADER + textwrap.dedent(body))

    def dag(self, path: str, *dag_ids: str) -> Path:
        """Write a DAG file without fault; each DAG has two tasks."""
        return self.dag_code(path, "".join(map(_dag, dag_ids)))

    def configure(self, toml: str) -> None:
        """Write pyproject.toml; the text begins below `[tool.dagcheck]`."""
        self.write("pyproject.toml", f"{PYTEST}[tool.dagcheck]\n{textwrap.dedent(toml)}")

    def line_of(self, path: str, text: str) -> int:
        """The number of the one line that holds a text."""
        lines = (self.root / path).read_text(encoding="utf-8").splitlines()
        (number,) = [number for number, line in enumerate(lines, 1) if text in line]
        return number

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """What pytest is started with."""
        kept = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)}
        return {**kept, "HOME": str(self.home), "TMPDIR": str(self.temporary), "COLUMNS": "200", **extra}

    def command(self, *options: str) -> list[str]:
        """A call of pytest that lists the outcome of every item, in the order of the files unless a seed is given."""
        order = () if any("randomly" in option for option in options) else ("-p", "no:randomly")
        without = [option for plugin in self.without for option in ("-p", f"no:{plugin}")]
        return [self.python, "-m", "pytest", "-rA", *without, *order, *options]

    def pytest(self, *options: str, environ: Mapping[str, str] | None = None) -> Run:
        """Run pytest without any cache of earlier runs, unless the options say otherwise."""
        cache = () if "--lf" in options or "--cache-clear" in options else ("-p", "no:cacheprovider")
        done = subprocess.run(
            self.command(*cache, *options),
            cwd=self.root, env=self.environment(environ or {}), stdin=subprocess.DEVNULL,
            capture_output=True, encoding="utf-8", errors="replace", timeout=_LIMIT, check=False,
        )  # fmt: skip
        return Run(status=done.returncode, output=done.stdout, errors=done.stderr)

    def check(self, *options: str, environ: Mapping[str, str] | None = None) -> Run:
        """Run `pytest --dagcheck`."""
        return self.pytest("--dagcheck", *options, environ=environ)

    def check_each(self, calls: Mapping[str, Sequence[str]]) -> dict[str, Run]:
        """Run `pytest --dagcheck` with each list of options, two at a time: most of the wait is for Airflow."""
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(calls, pool.map(lambda options: self.check(*options), calls.values()), strict=True))

    def interrupt(
        self, *options: str, when: Callable[[], bool], environ: Mapping[str, str] | None = None
    ) -> tuple[Run, float]:
        """Press Ctrl-C in `pytest --dagcheck` as soon as `when` says; returns also the seconds it went on."""
        process = subprocess.Popen(
            self.command("--dagcheck", "-p", "no:cacheprovider", *options),
            cwd=self.root, env=self.environment(environ or {}), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True,
            preexec_fn=_hear_interrupts,  # noqa: PLW1509 -- one system call
        )  # fmt: skip
        try:
            _wait_until(when)
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            pressed = time.monotonic()
            output, errors = process.communicate(timeout=_LIMIT)
        finally:
            process.kill()
        return Run(status=process.returncode, output=output, errors=errors), time.monotonic() - pressed

    def processes(self) -> list[int]:
        """Living processes that were started for this repository: their environment names its folder."""
        return sorted(_processes_with(f"TMPDIR={self.temporary}".encode()))

    def left_behind(self) -> list[str]:
        """What dagcheck left in the home folder and the one for temporary files, where pytest has a folder too."""
        found = [path for place in (self.home, self.temporary) for path in place.iterdir()]
        return sorted(path.name for path in found if not path.name.startswith("pytest-of-"))


def _dag(dag_id: str) -> str:
    return textwrap.dedent(f"""\
        with DAG("{dag_id}", **DAILY):
            BaseOperator(task_id="extract") >> BaseOperator(task_id="load")
        """)


def _hear_interrupts() -> None:
    """What runs in the background of a shell was told to ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait_until(fact: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LIMIT
    while not fact():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def _processes_with(variable: bytes) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile, or is another user's
            if variable in (folder / "environ").read_bytes():
                yield int(folder.name)


@pytest.fixture(scope="session")
def new_repository(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Repository]:
    """Return a function that makes a repository with nothing in it."""
    return lambda: Repository(tmp_path_factory.mktemp("plugin"))


@pytest.fixture
def repository(new_repository: Callable[[], Repository]) -> Repository:
    """A repository for one test."""
    return new_repository()
