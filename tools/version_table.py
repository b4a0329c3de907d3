"""Keeps what the whole suite came to on each Airflow version, and writes the README's table from it.

    python tools/version_table.py junit/py312-airflow33.xml     # take the results of a run into docs/versions.json
    python tools/version_table.py                               # write the table

A JUnit file is named after its tox environment. Only a run without failure and skip is taken.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict
from xml.etree import ElementTree as ET

import airflow_matrix
from lane_report import count

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "versions.json"
BEGIN, END = "<!-- written by tools/version_table.py -->\n", "<!-- end -->\n"


class Result(TypedDict):
    """One run of the whole suite; `release` is Airflow's patch, `seconds` are on the wall."""

    release: str
    python: str
    passed: int
    seconds: int
    day: str


def read_run(file: Path, minors: Mapping[str, airflow_matrix.Minor]) -> tuple[str, Result]:
    """Return the minor version and the result of a JUnit file; raises ValueError for one that shows no success."""
    python, airflow = airflow_matrix.versions_of(file)
    if airflow not in minors:
        raise ValueError(f"{file.name} is not named after a tox environment")
    total = count(file)
    if total.failed or total.skipped or not total.passed:
        raise ValueError(f"{file.name}: {total}")
    suites = list(ET.parse(file).iter("testsuite"))  # noqa: S314 - our own pytest wrote it
    minor = minors[airflow]
    return minor.name, Result(
        release=minor.release,
        python=python,
        passed=total.passed,
        seconds=round(sum(float(suite.get("time", 0)) for suite in suites)),
        day=suites[0].get("timestamp", "")[:10],
    )


def table(results: Mapping[str, Result], minors: Mapping[str, airflow_matrix.Minor]) -> str:
    """Return the table, a column per version; what has no result says so."""
    runs = [results.get(name) for name in minors]
    rows = {
        "Airflow": list(minors),
        "": ["---"] * len(minors),
        "Python": [f"{minor.pythons[0]} to {minor.pythons[-1]}" for minor in minors.values()],
        "tests passed": [_passed(run) if run else "not run yet" for run in runs],
        "with, on Python": [f"{run['release']}, {run['python']}" if run else "" for run in runs],
    }
    return "".join(f"| {title or '---'} | {' | '.join(cells)} |\n" for title, cells in rows.items())


def _passed(run: Result) -> str:
    return f"{run['passed']:,} in {run['seconds'] / 60:.0f} min"


def put(text: str, between: str) -> str:
    """Return the text with the part between the two marks replaced; raises ValueError if they are not there."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the marks of the table are missing")
    return before + begin + between + end + after


def load() -> dict[str, Result]:
    """Return the results by minor version."""
    found: dict[str, Result] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return found


def main(words: Sequence[str]) -> int:
    """Run the tool; returns its exit status."""
    minors = airflow_matrix.read().minors
    results = load()
    try:
        results |= dict(read_run(Path(word), minors) for word in words)
    except (OSError, ValueError, ET.ParseError) as error:
        print(error, file=sys.stderr)
        return 1
    ordered = {name: results[name] for name in minors if name in results}
    RESULTS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    readme = ROOT / "README.md"
    readme.write_text(put(readme.read_text(encoding="utf-8"), table(results, minors)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
