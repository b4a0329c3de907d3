"""Starts `pytest --dagcheck` as a user would, in a process of its own, and reads what it printed."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dag_corpus import Reported
from dagcheck.findings import printable

_HERE = Path(__file__).parent
_HEADLINE = re.compile(
    r"^(?P<file>\S.*?\.(?:py|zip)(?:/\S+\.py)?)(?::(?P<line>\d+))?: .* \[(?P<check>[a-z]+(?:-[a-z]+)*|[A-Z]+\d+)\]$"
)
_SECTION = re.compile(r"^_{3,} (?:DAG file (?P<file>.+)|.*) _{3,}$|^={3,} .* ={3,}$")
_SECRETS = {
    "DAGCHECK_TEST_SECRET": "secret",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "secret://secret:secret@warehouse/airflow",
    "AIRFLOW_CONN_WAREHOUSE": "secret://secret:secret@warehouse/orders",
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run came to; `status` is None if it had to be ended, `seconds` are on the wall."""

    status: int | None
    seconds: float
    output: str
    findings: tuple[Reported, ...]
    outcomes: tuple[tuple[str, str], ...]  # (id, pytest's word) of each item that ran
    left_running: tuple[str, ...]
    left_behind: tuple[str, ...]  # in TMPDIR and HOME

    def of(self, file: str) -> list[Reported]:
        """Return the findings of one file."""
        return [finding for finding in self.findings if finding.file == file]

    def times_run(self, file: str) -> int:
        """How often the file itself was an item."""
        return sum(item == shown(file) for item, _ in self.outcomes)

    def dags_of(self, file: str) -> Counter[str]:
        """The DAGs of one file that were items."""
        return Counter(item[len(file) + 2 :] for item, _ in self.outcomes if item.startswith(f"{file}::"))


def shown(file: str) -> str:
    """Return a file's name as it has to be printed, on one line."""
    return printable(file).replace("\n", "\\n")


def run_dagcheck(root: Path, *options: str, seconds: float = 120.0) -> Run:
    """Run `pytest --dagcheck` with these options in `root`; nothing is left running afterwards, at any rate.

    HOME and TMPDIR are fresh folders beside `root`; the environment holds secrets that no DAG file may see.
    """
    aside = root.parent / f"{root.name}-aside"
    home, temporary = aside / "home", aside / "tmp"
    for folder in (home, temporary):
        folder.mkdir(parents=True, exist_ok=True)
    request, answer, recorded = aside / "request.json", aside / "answer.json", aside / "outcomes"
    command = [sys.executable, "-m", "pytest", "--dagcheck", "-rN", "-p", "no:cacheprovider",
               "-p", "outcome_recorder", *options]  # fmt: skip
    recorded.unlink(missing_ok=True)  # an earlier run's, in the same repository
    request.write_text(json.dumps({"command": command, "folder": str(root), "seconds": seconds}))
    paths = [str(_HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    # without the options of the run around it
    env = {**os.environ, **_SECRETS, "HOME": str(home), "TMPDIR": str(temporary), "COLUMNS": "200",
           "PYTHONPATH": os.pathsep.join(paths), "OUTCOMES": str(recorded),
           "PYTEST_ADDOPTS": ""}  # fmt: skip
    with (aside / "output").open("wb") as output:
        subprocess.run(
            [sys.executable, str(_HERE / "leftovers.py"), str(request), str(answer)],
            env=env, stdout=output, stderr=subprocess.STDOUT, check=True, timeout=seconds + 60,
        )  # fmt: skip
    told = json.loads(answer.read_text())
    text = (aside / "output").read_bytes().decode(errors="replace")
    return Run(
        status=told["status"],
        seconds=told["seconds"],
        output=text,
        findings=tuple(read_findings(text)),
        outcomes=tuple(_outcomes(recorded)),
        left_running=tuple(told["left"]),
        left_behind=tuple(_left_behind(home, temporary)),
    )


def _left_behind(*folders: Path) -> Iterator[str]:
    """Yield what is in the folders, but for pytest's own `tmp_path` base, which xdist makes."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if not name.startswith("pytest-of-"):
                yield f"{folder.name}/{name}"


def read_findings(output: str) -> Iterator[Reported]:
    """Yield the findings in pytest's output: a headline flush left, then its indented lines.

    A finding belongs to the DAG file whose failure it is; it may point into a module which that file imports.
    """
    lines = output.split("\n")
    owner = None
    for number, line in enumerate(lines):
        if section := _SECTION.match(line):
            owner = section["file"]
        elif found := _HEADLINE.match(line):
            rest = itertools.takewhile(lambda text: text.startswith("    "), lines[number + 1 :])
            at = found["line"] if owner in (None, found["file"]) else None
            yield Reported(
                file=owner or found["file"],
                line=int(at) if at else None,
                check=found["check"],
                text="\n".join([line, *rest]),
            )


def _outcomes(recorded: Path) -> Iterator[tuple[str, str]]:
    for line in recorded.read_text(encoding="ascii").splitlines() if recorded.exists() else ():
        item, outcome = json.loads(line)
        yield item, outcome
