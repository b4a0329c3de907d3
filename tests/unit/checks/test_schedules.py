from __future__ import annotations

from dataclasses import replace

import pytest

from check_samples import FILE, SETTINGS, dag, task
from dagcheck.checks.schedules import catchup_flood, dst_shift, never_runs, no_start_date
from dagcheck.record import FileRecord, Problem, ProblemKind


def _record(kind: ProblemKind, detail: str = "", *more: str) -> FileRecord:
    problem = Problem(kind=kind, dag_id="etl", detail=detail, more=more)
    return FileRecord(file=FILE, dags=(dag(task("load")),), problems=(problem,))


def test_a_dag_that_needs_a_start_date_is_told_at_its_own_line() -> None:
    [finding] = no_start_date(_record("no-start-date"), SETTINGS)
    assert (finding.file, finding.line, finding.task_id) == (FILE, 3, None)
    assert finding.what == "it has a schedule and no start date"


def test_why_a_schedule_has_no_run_is_told() -> None:
    [finding] = never_runs(_record("never-runs", "Airflow finds no date that fits its cron expression"), SETTINGS)
    assert finding.what == "it has no run at all: Airflow finds no date that fits its cron expression"


@pytest.mark.parametrize(("due", "told"), [(100, False), (101, True)])
def test_as_many_runs_may_be_due_as_the_configuration_says(due: int, told: bool) -> None:  # noqa: FBT001
    assert bool(list(catchup_flood(_record("catchup", str(due), "2020-01-01"), SETTINGS))) is told
    settings = replace(SETTINGS, catchup_runs=101)
    assert list(catchup_flood(_record("catchup", str(due), "2020-01-01"), settings)) == []


def test_what_is_recorded_of_a_flood_does_not_grow_from_day_to_day() -> None:
    [today] = catchup_flood(_record("catchup", "4000", "2020-01-01"), SETTINGS)
    [later] = catchup_flood(_record("catchup", "4024", "2020-01-01"), SETTINGS)
    assert today.what == later.what
    assert "4,000" in today.why


def test_that_airflow_catches_up_of_its_own_accord_is_told() -> None:
    [asked] = catchup_flood(_record("catchup", "4000", "2020-01-01"), SETTINGS)
    [default] = catchup_flood(_record("catchup", "4000", "2020-01-01", "default"), SETTINGS)
    assert asked.what == default.what
    assert "does not say" in default.why.removeprefix(asked.why)


def test_the_next_dates_of_a_change_of_clocks_are_not_part_of_what_is_recorded() -> None:
    move = "it runs at 03:30 instead of 02:30"
    [finding] = dst_shift(_record("clock-change", f"on 2027-03-28 {move}", move, "Europe/Berlin"), SETTINGS)
    assert finding.what == f"when the clocks of Europe/Berlin change, {move}"
    assert "2027-03-28" in finding.why
