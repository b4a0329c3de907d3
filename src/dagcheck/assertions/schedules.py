"""Assertions about when a DAG runs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from dagcheck._airflow.schedules import argument_text
from dagcheck.assertions.subject import spec_of
from dagcheck.assertions.telling import story, where
from dagcheck.errors import UsageError

Date = datetime.date | str


def assert_schedule(
    dag: Any,
    expected: Any,
    *,
    timezone: str | None = None,
    start_date: Date | None = None,
    end_date: Date | None = None,
    catchup: bool | None = None,
) -> None:
    """Assert the schedule as one would write it in `DAG(schedule=...)`, and whatever else is given.

    `expected`: a cron expression or preset (a preset and its expression are the same), a timedelta, None, a list of
    asset URIs or assets, a condition of assets, a timetable. A date without a time is midnight, and without an offset
    a time of the DAG's own zone. Raises UsageError for what is no schedule or date.
    """
    __tracebackhide__ = True
    spec = spec_of(dag)
    wanted = argument_text(expected)
    if wanted is not None and not wanted:
        raise UsageError(f"{type(expected).__name__} {expected!r} is no schedule; give what DAG(schedule=...) takes")
    facts: list[tuple[str, Any, Any]] = [("schedule", wanted, spec.schedule)]
    facts += [("timezone", timezone, spec.timezone)] if timezone is not None else []
    facts += [("catchup", catchup, spec.catchup)] if catchup is not None else []
    lines = [f"{name}: expected {value!r}, found {found!r}" for name, value, found in facts if value != found]
    lines += _date_lines("start_date", start_date, spec.start_date)
    lines += _date_lines("end_date", end_date, spec.end_date)
    if lines:
        raise AssertionError(story(f"{where(spec)}: the schedule is not the expected one", ("difference", lines)))


def _date_lines(name: str, expected: Date | None, found: str | None) -> Iterator[str]:
    if expected is None:
        return
    wanted = _moment(name, expected)
    there = datetime.datetime.fromisoformat(found) if found else None
    if there is not None and wanted.tzinfo is None:
        there = there.replace(tzinfo=None)
    if wanted != there:
        yield f"{name}: expected {wanted.isoformat()}, found {found or 'none'}"


def _moment(name: str, value: Date) -> datetime.datetime:
    try:
        given = datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise UsageError(f"{name}: {value!r} is no date, such as 2024-01-01 or 2024-01-01T06:00:00+01:00") from None
    if isinstance(given, datetime.datetime):
        return given
    return datetime.datetime(given.year, given.month, given.day)  # noqa: DTZ001 - in the DAG's zone, whatever it is
