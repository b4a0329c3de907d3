from __future__ import annotations

import pytest

from dagcheck.patterns import in_folder


@pytest.mark.parametrize(
    ("pattern", "file"),
    [
        ("dags", "dags/a/b.py"),
        ("dags/", "dags/a.py"),
        ("./dags", "dags/a.py"),
        ("dags/a.py", "dags/a.py"),
        ("dags/*/old", "dags/x/old/a.py"),
        ("dags/**/old", "dags/old/a.py"),
        ("dags/**/old", "dags/x/y/old/a.py"),
        ("**/old_*.py", "dags/x/old_a.py"),
        (".", "dags/a.py"),
    ],
)
def test_a_pattern_holds_what_lies_below_it(pattern: str, file: str) -> None:
    assert in_folder(file, pattern)


@pytest.mark.parametrize(
    ("pattern", "file"),
    [
        ("dag", "dags/a.py"),
        ("dags", "more/dags/a.py"),
        ("dags/*/old", "dags/x/y/old/a.py"),
        ("dags/a.py", "dags/a.pyc"),
        ("DAGS", "dags/a.py"),
    ],
)
def test_a_pattern_does_not_hold_its_neighbours(pattern: str, file: str) -> None:
    assert not in_folder(file, pattern)
