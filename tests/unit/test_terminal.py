from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dagcheck.explain import Explanation, Row
from dagcheck.findings import Level
from dagcheck.reports.summary import Summary
from dagcheck.reports.terminal import check_table, closing_table, explanation, sections

ROWS = [
    Row(name="cycle", level=Level.ERROR, default=Level.ERROR, family="Loading", summary="A circle of tasks"),
    Row(name="no-dag", level=Level.OFF, default=Level.WARNING, family="Loading", summary="No DAG"),
    Row(name="parse-slow", level=Level.WARNING, default=Level.WARNING, family="What parsing does", summary="Slow"),
]
TOLD = Explanation(
    name="cycle",
    level=Level.ERROR,
    family="Loading",
    rule="The dependencies must not lead back.",
    why="it never runs.",
    fix="remove one.",
    bad="a >> b\nb >> a",
    good="",
)
SUMMARY = Summary(
    files=1234,
    dags=50,
    tasks=300,
    errors=1,
    warnings=2,
    ignored=3,
    baselined=4,
    seconds=12.34,
    slowest=(("dags/a.py", 1.234), ("dags/[b].py", 0.5)),
)


def test_the_checks_stand_below_their_family_and_a_changed_level_has_a_star() -> None:
    assert check_table(ROWS, 60, colour=False).splitlines() == [
        "check              level    reports",
        "Loading",
        "  cycle            error    A circle of tasks",
        "  no-dag           off*     No DAG",
        "",
        "What parsing does",
        "  parse-slow       warning  Slow",
    ]


def test_an_explanation_shows_the_parts_there_are() -> None:
    assert explanation(TOLD, 60, colour=False) == (
        "cycle (error, Loading)\n\nThe dependencies must not lead back.\n\nwhy:\n    it never runs.\n\n"
        "fix:\n    remove one.\n\nbad:\n    a >> b\n    b >> a"
    )


def test_prose_is_wrapped_to_the_width_and_code_is_not() -> None:
    code = f"x = {'1234567890' * 8}"
    told = Explanation(**{name: getattr(TOLD, name) for name in TOLD.__slots__} | {"bad": code, "why": "word " * 30})
    lines = explanation(told, 40, colour=False).splitlines()
    assert f"    {code}" in lines
    assert all(len(line) <= 40 for line in lines if code not in line)


def test_the_closing_table_has_the_figures_and_the_slowest_files() -> None:
    assert closing_table(SUMMARY, 80, colour=False).splitlines() == [
        "files  DAGs  tasks  errors  warnings  ignored  baselined  seconds",
        "1,234    50    300       1         2        3          4     12.3",
        "",
        "slowest files  seconds",
        "dags/a.py         1.23",
        "dags/[b].py       0.50",
    ]


def test_the_closing_table_counts_dags_that_were_cut_short_if_there_are_any() -> None:
    assert closing_table(Summary(cut_short=2), 90, colour=False).splitlines() == [
        "files  DAGs  tasks  errors  warnings  ignored  baselined  cut short  seconds",
        "    0     0      0       0         0        0          0          2      0.0",
    ]


def test_without_slow_files_there_is_one_table() -> None:
    assert len(closing_table(Summary(), 80, colour=False).splitlines()) == 2


def test_the_doctors_sections_are_aligned() -> None:
    told = [("Versions", [("python", "3.12"), ("rich", "15")]), ("Sandbox", [("network namespace", "yes")])]
    assert sections(told, 60, colour=False).splitlines() == [
        "Versions",
        "  python             3.12",
        "  rich               15",
        "",
        "Sandbox",
        "  network namespace  yes",
    ]


@pytest.mark.parametrize("environment", [{"FORCE_COLOR": "1"}, {"NO_COLOR": "1"}, {"TERM": "dumb"}, {"COLUMNS": "9"}])
def test_colour_and_width_are_the_callers_whatever_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    plain, coloured = closing_table(SUMMARY, 80, colour=False), closing_table(SUMMARY, 80, colour=True)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert closing_table(SUMMARY, 80, colour=False) == plain
    assert closing_table(SUMMARY, 80, colour=True) == coloured
    assert "\x1b[" not in plain
    assert "\x1b[31m     1\x1b[0m" in coloured


def test_nothing_but_ascii_is_drawn() -> None:
    shown = check_table(ROWS, 20, colour=False) + explanation(TOLD, 20, colour=False)
    assert (shown + closing_table(SUMMARY, 20, colour=False)).isascii()


def test_terminal_escapes_in_the_name_of_a_file_are_shown_not_sent() -> None:
    shown = closing_table(Summary(slowest=(("dags/\x1b[2J.py", 1.0),)), 80, colour=False)
    assert "\x1b" not in shown
    assert "dags/\\x1b[2J.py" in shown


def test_rich_is_not_imported_before_something_is_shown() -> None:
    program = "import sys, dagcheck.reports.terminal, dagcheck.reports.summary; print('rich' in sys.modules)"
    source = str(Path(sys.modules["dagcheck"].__path__[0]).parent)
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": source}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
