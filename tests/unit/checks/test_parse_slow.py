from __future__ import annotations

import pytest

from dagcheck.checks.parse_slow import parse_slow
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.record import Cost, Event, FileRecord

FILE = "dags/etl.py"


def findings(
    seconds: float, costs: tuple[Cost, ...] = (), events: tuple[Event, ...] = (), budget: float = 2.0
) -> list[Finding]:
    record = FileRecord(file=FILE, seconds=seconds, costs=costs, events=events)
    return list(parse_slow(record, Settings(parse_seconds=budget)))


def sleep(detail: str, line: int = 7, count: int = 1, *, refused: bool = False) -> Event:
    return Event(kind="sleep", detail=detail, file=FILE, line=line, count=count, refused=refused)


@pytest.mark.parametrize("seconds", [0.1, 2.0])
def test_a_file_within_the_budget_is_not_slow(seconds: float) -> None:
    assert findings(seconds) == []


def test_it_names_the_modules_and_lines_that_cost_most() -> None:
    costs = (
        Cost(what="", seconds=0.8, file=FILE, line=12),
        Cost(what="pandas", seconds=2.0, file=FILE, line=3),
        Cost(what="boto3", seconds=0.4),
    )
    [finding] = findings(3.24, costs)
    assert finding.lines() == [
        "dags/etl.py:3: took 3.2 s to parse, over the budget of 2.0 s [parse-slow]",
        "    Airflow spends this on every parse, and once more before every task",
        "    2.0 s pandas at dags/etl.py:3",
        "    0.8 s at dags/etl.py:12",
        "    0.4 s boto3",
        "    fix: let the task that needs it import and use pandas",
    ]


def test_a_line_of_the_users_that_costs_most_is_to_be_moved() -> None:
    [finding] = findings(3.0, (Cost(what="", seconds=2.8, file=FILE, line=12),))
    assert finding.fix == "move the work of that line into a task"


def test_without_costs_it_names_the_file() -> None:
    [finding] = findings(3.0)
    assert finding.headline == "dags/etl.py: took 3.0 s to parse, over the budget of 2.0 s [parse-slow]"
    assert finding.proof == ()


def test_a_sleep_is_told_with_its_length_and_line() -> None:
    [finding] = findings(3.4, events=(sleep("3"),))
    assert finding.line == 7
    assert finding.proof == ("slept 3.0 s at dags/etl.py:7",)
    assert finding.fix == "delete the sleep; to wait for something, use a sensor"


def test_the_same_sleep_again_and_again_adds_up() -> None:
    [finding] = findings(3.4, events=(sleep("0.5", count=6),))
    assert finding.proof == ("slept 3.0 s at dags/etl.py:7",)


def test_samples_of_a_sleeping_line_are_not_shown_again() -> None:
    [finding] = findings(3.4, (Cost(what="", seconds=3.0, file=FILE, line=7),), (sleep("3"),))
    assert finding.proof == ("slept 3.0 s at dags/etl.py:7",)


def test_a_sleep_within_the_budget_is_not_reported() -> None:
    assert findings(1.2, events=(sleep("1"),)) == []


def test_a_sleep_that_the_sandbox_skipped_counts_as_slept() -> None:
    [finding] = findings(0.1, events=(sleep("60", refused=True),))
    assert finding.what == "took 60.1 s to parse, over the budget of 2.0 s"


@pytest.mark.parametrize("detail", ["nan", "inf", "-3", "soon"])
def test_a_sleep_that_is_no_time_counts_nothing(detail: str) -> None:
    assert findings(1.0, events=(sleep(detail, refused=True),)) == []


def test_only_the_five_dearest_are_shown() -> None:
    costs = tuple(Cost(what=f"m{number}", seconds=number) for number in range(1, 10))
    [finding] = findings(50.0, costs)
    assert finding.proof == ("9.0 s m9", "8.0 s m8", "7.0 s m7", "6.0 s m6", "5.0 s m5")


def test_the_budget_is_the_configured_one() -> None:
    assert findings(3.0, budget=5.0) == []
