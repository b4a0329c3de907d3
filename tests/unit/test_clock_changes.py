"""What a change of clocks does to the runs of a day, from their local times before, on and after it."""

from __future__ import annotations

import pytest

from dagcheck._airflow.problems.clock_changes import _effect

TWO = ["02:30"]


@pytest.mark.parametrize(
    ("before", "day", "after", "effect"),
    [
        (TWO, TWO, TWO, None),
        (TWO, ["03:30"], TWO, "it runs at 03:30 instead of 02:30"),
        (TWO, [], TWO, "it does not run at 02:30"),
        (TWO, ["02:30", "02:30"], TWO, "it runs twice at 02:30"),
        (["00:00"], ["00:00"], ["01:00"], "it begins to run at 01:00 instead of 00:00"),
        ([], [], [], None),
        (TWO, TWO, [], None),
        (["01:00", "02:00"], ["01:00", "03:00"], ["01:00", "02:00"], "it runs at 03:00 instead of 02:00"),
    ],
)
def test_the_days_of_a_change(before: list[str], day: list[str], after: list[str], effect: str | None) -> None:
    assert _effect(before, day, after) == effect


def test_an_hourly_schedule_is_left_alone() -> None:
    hours = [f"{hour:02}:00" for hour in range(24)]
    assert _effect(hours, [*hours[:2], *hours[3:]], hours) is None
