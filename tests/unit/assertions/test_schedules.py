from __future__ import annotations

import datetime
from typing import Any

import pytest
from made_dags import dag

from dagcheck.assertions import assert_schedule
from dagcheck.errors import UsageError

START = "2024-01-01T00:00:00+01:00"
BERLIN = datetime.timezone(datetime.timedelta(hours=1))
DAILY = dag("a", schedule="0 0 * * *", timezone="Europe/Berlin", start_date=START, catchup=False)


@pytest.mark.parametrize(
    ("schedule", "found"),
    [
        ("@daily", "0 0 * * *"),
        ("0 0 * * *", "0 0 * * *"),
        ("0 0  * * *", "0 0 * * *"),
        ("@once", "@once"),
        ("@quarterly", "0 0 1 */3 *"),
        (None, None),
        (datetime.timedelta(hours=36), "P1DT12H"),
        (["s3://a", "s3://b"], "s3://a and s3://b"),
    ],
)
def test_a_schedule_is_what_stands_in_a_dag_file(schedule: Any, found: str | None) -> None:
    assert_schedule(dag("a", schedule=found), schedule)


@pytest.mark.parametrize(
    "facts",
    [
        {"timezone": "Europe/Berlin", "catchup": False},
        {"start_date": "2024-01-01"},
        {"start_date": datetime.date(2024, 1, 1)},
        {"start_date": datetime.datetime(2024, 1, 1)},  # noqa: DTZ001 - of the DAG's own zone
        {"start_date": datetime.datetime(2024, 1, 1, tzinfo=BERLIN)},
        {"start_date": datetime.datetime(2023, 12, 31, 23, tzinfo=datetime.timezone.utc)},
    ],
)
def test_facts_beside_the_schedule(facts: dict[str, Any]) -> None:
    assert_schedule(DAILY, "@daily", **facts)


def test_every_fact_that_differs_is_told() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_schedule(DAILY, "@hourly", timezone="UTC", catchup=True, start_date="2024-01-02", end_date="2025-01-01")
    assert (
        str(caught.value)
        == """\
dags/orders.py:7: orders: the schedule is not the expected one
  difference:
    schedule: expected '0 * * * *', found '0 0 * * *'
    timezone: expected 'UTC', found 'Europe/Berlin'
    catchup: expected True, found False
    start_date: expected 2024-01-02T00:00:00, found 2024-01-01T00:00:00+01:00
    end_date: expected 2025-01-01T00:00:00, found none"""
    )


def test_a_moment_of_another_offset_differs() -> None:
    with pytest.raises(AssertionError, match="start_date"):
        assert_schedule(DAILY, "@daily", start_date=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc))


@pytest.mark.parametrize(("schedule", "facts"), [(5, {}), ("@daily", {"start_date": "yesterday"})])
def test_what_is_no_schedule_or_date_is_refused(schedule: Any, facts: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="is no"):
        assert_schedule(DAILY, schedule, **facts)
