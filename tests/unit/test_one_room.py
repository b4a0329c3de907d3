"""Differences between Airflow versions live in `_airflow`; import-linter sees imports, this sees comparisons."""

from __future__ import annotations

import re
from pathlib import Path

import airflow_matrix
from dagcheck._airflow.versions import NEWEST, OLDEST

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "src" / "dagcheck" / "_airflow"
PLACES = (ROOT / "src", ROOT / "pytest_plugin")
COMPARED = re.compile(
    r"\bat_least\(|\bversions\.release\(|(?<![.\w])release\(\)|\bpackaging\.version\b|\bairflow\.(?:__version__|version)\b"
)


def _comparing() -> set[Path]:
    files = [file for place in PLACES for file in place.rglob("*.py")]
    return {file for file in files if COMPARED.search(file.read_text(encoding="utf-8"))}


def test_versions_are_compared_in_the_version_room_alone() -> None:
    assert {str(file.relative_to(ROOT)) for file in _comparing() if ROOM not in file.parents} == set()


def test_the_search_finds_what_it_looks_for() -> None:
    assert {ROOM / "versions.py", ROOM / "loading.py"} <= _comparing()


def test_the_versions_that_dagcheck_names_are_those_of_the_matrix() -> None:
    names = list(airflow_matrix.read().minors)
    assert (names[0], names[-1]) == (f"{OLDEST[0]}.{OLDEST[1]}", f"{NEWEST[0]}.{NEWEST[1]}")
