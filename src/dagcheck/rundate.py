"""The date of a DAG run: plain data, without Airflow."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

RunType = Literal["scheduled", "manual", "backfill", "asset_triggered"]  # 2.x says "dataset_triggered"
Interval = tuple[datetime.datetime, datetime.datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDate:
    """When a DAG run is, as its timetable or its trigger says; every datetime knows its zone.

    `data_interval` is (start, end). `logical_date` and `data_interval` are None for runs without a date, which
    Airflow 3 starts for assets and by its API. `run_after` is the earliest moment at which the scheduler starts it.
    """

    logical_date: datetime.datetime | None
    data_interval: Interval | None = None
    run_after: datetime.datetime
    run_type: RunType = "scheduled"

    def __post_init__(self) -> None:
        """Refuse datetimes without a zone, which Airflow refuses too; raises ValueError."""
        for one in (self.logical_date, self.run_after, *(self.data_interval or ())):
            if one is not None and one.utcoffset() is None:
                raise ValueError(f"{one} has no timezone: write for example {one}+00:00")

    def __str__(self) -> str:
        """The logical date with its zone, a text that `run_dates` and `simulate` take again."""
        if self.logical_date is None:
            return f"no logical date ({self.run_type}, after {moment_text(self.run_after)})"
        return moment_text(self.logical_date)


def moment_text(moment: datetime.datetime) -> str:
    """Return `2024-02-29 00:00 UTC`, or `2024-02-29 01:00+01:00` in any other zone; seconds only if there are some."""
    exact = moment.isoformat(" ", "minutes" if not moment.second and not moment.microsecond else "auto")
    return exact.removesuffix("+00:00") + " UTC" if exact.endswith("+00:00") else exact
