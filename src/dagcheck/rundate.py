"""The date of a DAG run, and how people write dates: plain data, without Airflow."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from dataclasses import dataclass
from typing import Literal

from dagcheck.errors import UsageError

RunType = Literal["scheduled", "manual", "backfill", "asset_triggered"]  # 2.x says "dataset_triggered"
Interval = tuple[datetime.datetime, datetime.datetime]
Moment = str | datetime.date | datetime.datetime
_ZONE = re.compile(r"(?P<text>.*\S)\s+(?P<zone>[A-Za-z][\w+-]*(?:/[\w+-]+)*)")


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
        """Refuse datetimes without a zone, which Airflow refuses too; raises UsageError."""
        for one in (self.logical_date, self.run_after, *(self.data_interval or ())):
            if one is not None and one.utcoffset() is None:
                raise UsageError(f"{one} has no timezone: write for example {one}+00:00")

    @property
    def moment(self) -> datetime.datetime:
        """What orders runs: the logical date, without one `run_after`."""
        return self.run_after if self.logical_date is None else self.logical_date

    def __str__(self) -> str:
        """The logical date with its zone, a text that every function that wants a date takes again."""
        if self.logical_date is None:
            return f"no logical date ({self.run_type}, after {moment_text(self.run_after)})"
        return moment_text(self.logical_date)


def moment_text(moment: datetime.datetime) -> str:
    """Return `2024-02-29 00:00 UTC`, or `2024-02-29 01:00+01:00` in any other zone; seconds only if there are some."""
    exact = moment.isoformat(" ", "minutes" if not moment.second and not moment.microsecond else "auto")
    return exact.removesuffix("+00:00") + " UTC" if exact.endswith("+00:00") else exact


def whole_day(when: Moment) -> bool:
    """Tell whether a date was written without a time of day."""
    if isinstance(when, str):
        return re.fullmatch(r"\s*\d{4}-\d\d-\d\d(\s+[A-Za-z]\S*)?\s*", when) is not None
    return not isinstance(when, datetime.datetime)


def first_moment(when: Moment, zone: datetime.tzinfo) -> datetime.datetime:
    """Return the moment that is meant, for a date without a time its first one; raises UsageError.

    A text is ISO 8601, with an offset (`2024-01-01T06:00+01:00`), a zone (`2024-01-01 06:00 Europe/Berlin`) or
    neither: then it is read in `zone`. A datetime object must know its zone, as Airflow wants it.
    """
    if isinstance(when, str):
        return _from_text(when, zone)
    if not isinstance(when, datetime.date):
        raise UsageError(f"expected a date, got {when!r}: {_VALID}")
    if not isinstance(when, datetime.datetime):
        return datetime.datetime.combine(when, datetime.time(), zone)
    if when.utcoffset() is None:
        raise UsageError(
            f"datetime {when} has no timezone: give it one (tzinfo=datetime.timezone.utc), "
            f"or write the text {moment_text(when)!r}, which is read in the zone of the schedule"
        )
    return when


def last_moment(when: Moment, zone: datetime.tzinfo) -> datetime.datetime:
    """As `first_moment`, but for a date without a time the last microsecond of that day."""
    first = first_moment(when, zone)
    return first.replace(hour=23, minute=59, second=59, microsecond=999999, fold=1) if whole_day(when) else first


_VALID = 'write a text such as "2024-02-29", "2024-02-29T06:00+01:00" or "2024-02-29 06:00 Europe/Berlin"'


def _from_text(text: str, zone: datetime.tzinfo) -> datetime.datetime:
    found = _ZONE.fullmatch(text.strip())
    plain, named = (found["text"], _zone(found["zone"], text)) if found else (text.strip(), None)
    try:
        moment = datetime.datetime.fromisoformat(re.sub("[zZ]$", "+00:00", plain))
    except ValueError:
        raise UsageError(f"{text!r} is no date: {_VALID}") from None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=named or zone)
    return moment.astimezone(named) if named else moment


def _zone(name: str, text: str) -> datetime.tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"{text!r} names the unknown timezone {name!r}: {_VALID}") from None
