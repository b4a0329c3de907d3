from __future__ import annotations

from typing import Any

import pytest

from check_samples import FILE, SETTINGS, dag, task
from dagcheck.checks.external_date import external_date
from dagcheck.findings import Finding
from dagcheck.record import FileRecord
from dagcheck.spec import ExternalRef


def _findings(ours: str | None, theirs: str | None, behind: float | None = 0.0, **fields: Any) -> list[Finding]:
    common = {"start_date": "2024-01-01T00:00:00+00:00", **fields}
    sensor = task("wait", waits_for=(ExternalRef(dag_id="orders", behind=behind),), line=8)
    dags = (
        dag(sensor, dag_id="report", schedule=ours, **common),
        dag(task("load"), dag_id="orders", schedule=theirs, **common),
    )
    return list(external_date([FileRecord(file=FILE, dags=dags)], SETTINGS))


def test_schedules_that_never_meet_are_told_with_the_first_date_and_the_nearest_run() -> None:
    [finding] = _findings("30 6 * * *", "0 5 * * *")
    assert (finding.dag_id, finding.task_id, finding.line) == ("report", "wait", 8)
    assert finding.what == ("orders has no run at any date for which it waits: 30 6 * * * here, 0 5 * * * there")
    assert finding.why == ("the run of 2024-01-01T06:30Z waits for 2024-01-01T06:30Z; the nearest is 2024-01-01T05:00Z")


@pytest.mark.parametrize(
    ("ours", "theirs", "behind"),
    [
        ("0 6 * * *", "0 6 * * *", 0.0),
        ("30 6 * * *", "0 5 * * *", 5400.0),
        ("0 * * * *", "0 5 * * *", 0.0),  # one of them meets each day
        ("0 5 * * 1", "0 5 * * *", 0.0),
        ("P1D", "0 0 * * *", 0.0),
        ("PT6H", "PT1H", 3600.0),
        ("0 0 29 2 *", "0 0 1 3 *", -86400.0),
        ("30 6 * * *", "0 5 * * *", None),  # a function decides
        ("30 6 * * *", None, 0.0),
        ("30 6 * * *", "@once", 0.0),
        ("30 6 * * *", "0 5 * * *; 0 6 * * *", 0.0),
        ("30 6 * * *", "s3://lake/orders", 0.0),
    ],
)
def test_schedules_that_meet_once_or_cannot_be_known_are_left_alone(
    ours: str, theirs: str | None, behind: float | None
) -> None:
    assert _findings(ours, theirs, behind) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "behind"),
    [
        ("0 6 * * 1", "0 6 * * 2", 0.0),
        ("P1D", "0 3 * * *", 0.0),
        ("PT6H", "PT1H", 1800.0),
        ("0 0 1 * *", "0 0 2 * *", 0.0),
    ],
)
def test_schedules_that_never_meet(ours: str, theirs: str, behind: float) -> None:
    assert len(_findings(ours, theirs, behind)) == 1


def test_the_zone_of_each_schedule_counts() -> None:
    assert len(_findings("0 6 * * *", "0 6 * * *", timezone="Europe/Berlin")) == 0
    assert len(_findings("0 6 * * *", "0 6 * * *", timezone="Nowhere/Else")) == 0


def test_without_start_dates_nothing_is_said() -> None:
    assert _findings("30 6 * * *", "0 5 * * *", start_date=None) == []
