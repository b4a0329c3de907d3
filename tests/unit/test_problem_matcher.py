"""The problem matcher for GitHub finds what a run prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "docs" / "dagcheck-matcher.json"
((PATTERN,),) = [matcher["pattern"] for matcher in json.loads(FILE.read_text(encoding="utf-8"))["problemMatcher"]]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "dags/two words.py:12: a connection is attempted while parsing: db:5432 [parse-network]",
            ("dags/two words.py", "12", "a connection is attempted while parsing: db:5432", "parse-network"),
        ),
        (
            "dags/etl.py:3: etl: the tasks form a cycle [cycle]",
            ("dags/etl.py", "3", "etl: the tasks form a cycle", "cycle"),
        ),
    ],
)
def test_a_headline_is_taken_apart(line: str, found: tuple[str, ...]) -> None:
    match = re.match(PATTERN["regexp"], line)
    assert match is not None
    assert tuple(match[PATTERN[name]] for name in ("file", "line", "message", "code")) == found


@pytest.mark.parametrize(
    "line", ["    fix: use dags/etl.py:3: [x]", "dags/etl.py ..  [100%]", "FAILED dags/etl.py - x [cycle]"]
)
def test_other_lines_are_left_alone(line: str) -> None:
    assert re.match(PATTERN["regexp"], line) is None
