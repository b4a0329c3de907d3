"""Starts `pytest --dagcheck` as a user would, in a process of its own, and reads what it printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dag_corpus import Reported

_LEFTOVERS = Path(__file__).with_name("leftovers.py")
_HEADLINE = re.compile(r"^(?P<file>\S.*?\.(?:py|zip)(?:/\S+\.py)?)(?::(?P<line>\d+))?: .* \[(?P<check>[a-z]+(?:-[a-z]+)*)\]$")
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
    outcomes: Mapping[str, str]  # pytest's own word by JUnit's "classname::name"
    left_running: tuple[str, ...]
    left_behind: tuple[str, ...]  # in TMPDIR and HOME

    def of(self, file: str) -> list[Reported]:
        """Return the findings of one file."""
        return [finding for finding in self.findings if finding.file == file]


def run_dagcheck(root: Path, *options: str, seconds: float = 120.0) -> Run:
    """Run `pytest --dagcheck` with these options in `root`; nothing is left running afterwards, at any rate.

    HOME and TMPDIR are fresh folders beside `root`; the environment holds secrets that no DAG file may see.
    """
    aside = root.parent / f"{root.name}-aside"
    home, temporary = aside / "home", aside / "tmp"
    for folder in (home, temporary):
        folder.mkdir(parents=True, exist_ok=True)
    request, answer, junit = aside / "request.json", aside / "answer.json", aside / "junit.xml"
    command = [sys.executable, "-m", "pytest", "--dagcheck", "-p", "no:cacheprovider", f"--junitxml={junit}", *options]
    request.write_text(json.dumps({"command": command, "folder": str(root), "seconds": seconds}))
    env = {**os.environ, **_SECRETS, "HOME": str(home), "TMPDIR": str(temporary), "COLUMNS": "200"}
    with (aside / "output").open("wb") as output:
        subprocess.run(
            [sys.executable, str(_LEFTOVERS), str(request), str(answer)],
            env=env, stdout=output, stderr=subprocess.STDOUT, check=True, timeout=seconds + 60,
        )  # fmt: skip
    told = json.loads(answer.read_text())
    text = (aside / "output").read_bytes().decode(errors="replace")
    return Run(
        status=told["status"],
        seconds=told["seconds"],
        output=text,
        findings=tuple(read_findings(text)),
        outcomes=dict(_outcomes(junit)) if junit.exists() else {},
        left_running=tuple(told["left"]),
        left_behind=tuple(sorted(str(p.relative_to(aside)) for f in (home, temporary) for p in f.rglob("*"))),
    )


def read_findings(output: str) -> Iterator[Reported]:
    """Yield the findings in pytest's output: a headline flush left, then its indented lines."""
    lines = output.splitlines()
    for number, line in enumerate(lines):
        if found := _HEADLINE.match(line):
            rest = []
            for following in lines[number + 1 :]:
                if not following.startswith("    "):
                    break
                rest.append(following)
            yield Reported(
                file=found["file"],
                line=int(found["line"]) if found["line"] else None,
                check=found["check"],
                text="\n".join([line, *rest]),
            )


def _outcomes(junit: Path) -> Iterator[tuple[str, str]]:
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314 -- pytest wrote it
        kinds = [child.tag for child in case if child.tag in {"failure", "error", "skipped"}]
        yield f"{case.get('classname')}::{case.get('name')}", kinds[0] if kinds else "passed"
