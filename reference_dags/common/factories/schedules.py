"""Schedules as they stand in configuration."""

from __future__ import annotations

from typing import Annotated

from airflow.timetables.interval import CronDataIntervalTimetable
from pydantic import AfterValidator

from common.shop import TIMEZONE


def timetable(schedule: str) -> CronDataIntervalTimetable:
    """Return a cron expression, or a preset such as @daily, as a timetable in the shop's timezone."""
    return CronDataIntervalTimetable(schedule, timezone=TIMEZONE)


def _cron(schedule: str) -> str:
    """Refuse what Airflow would refuse, before a DAG is made of it."""
    try:
        timetable(schedule).validate()
    except Exception as error:  # noqa: BLE001 -- croniter and Airflow have a dozen kinds for it
        raise ValueError(f"{schedule!r} is no cron expression and no preset: {error}") from None
    return schedule


Schedule = Annotated[str, AfterValidator(_cron)]
"""A field of a configuration model: cron, or a preset."""
