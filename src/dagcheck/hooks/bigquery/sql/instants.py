"""Dates and times as texts and in zones; GoogleSQL, Data types: the canonical formats."""

from __future__ import annotations

import functools
import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dagcheck.hooks.bigquery.results import BigQueryError

_DATE = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_TIME = r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,6}))?"
_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def date_of(text: str) -> date:
    """Return the date of a text."""
    found = _match(_DATE, text)
    return date(*(int(part) for part in found.groups()))


def time_of(text: str) -> time:
    """Return the time of a text."""
    return _clock(_match(_TIME, text).groups())


def datetime_of(text: str) -> datetime:
    """Return the datetime of a text: a date, and a time after T or a blank."""
    found = _match(rf"{_DATE}(?:[Tt ]{_TIME})?", text)
    day = date(*(int(part) for part in found.groups()[:3]))
    return datetime.combine(day, _clock(found.groups()[3:]))


def timestamp_of(text: str, zone: str = "UTC") -> datetime:
    """Return the aware moment, in UTC, of a text; `zone` is that of a text without one."""
    found = _match(rf"({_DATE}(?:[Tt ]{_TIME})?)\s*(.*)", text)
    local = datetime_of(found[1])
    named = found.groups()[-1]
    return to_utc(local, "UTC" if named in {"Z", "z"} else named or zone)


def to_utc(local: datetime, zone: str) -> datetime:
    """Return the moment at which the clocks of a zone show this; of two, the first, of none, as if before the jump."""
    return local.replace(tzinfo=zone_of(zone)).astimezone(timezone.utc)


def in_zone(moment: datetime, zone: str) -> datetime:
    """Return what the clocks of a zone show at a moment in UTC, without a zone."""
    return moment.replace(tzinfo=timezone.utc).astimezone(zone_of(zone)).replace(tzinfo=None)


@functools.lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """Return a zone by its name in the tz database or its offset; BigQueryError if there is none."""
    if found := _OFFSET.fullmatch(name):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(-offset if found[1] == "-" else offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BigQueryError(f"Invalid time zone: {name}") from error


def from_seconds(seconds: float) -> datetime:
    """Return the moment so many seconds after 1970."""
    return _EPOCH + timedelta(seconds=seconds)


def micros(moment: datetime) -> int:
    """Return the microseconds since 1970 of a datetime that is meant in UTC."""
    return (moment.replace(tzinfo=timezone.utc) - _EPOCH) // timedelta(microseconds=1)


def from_micros(count: int) -> datetime:
    """Return the datetime, without a zone, so many microseconds after 1970."""
    try:
        return (_EPOCH + timedelta(microseconds=count)).replace(tzinfo=None)
    except OverflowError as error:
        raise BigQueryError(f"Invalid timestamp value: {count}") from error


def _match(pattern: str, text: str) -> re.Match[str]:
    found = re.fullmatch(pattern, text.strip(), re.ASCII)
    if found is None:
        raise ValueError(text)
    return found


def _clock(parts: tuple[str | None, ...]) -> time:
    if parts[0] is None:
        return time()
    hour, minute, second = (int(part or 0) for part in parts[:3])
    return time(hour, minute, second, int((parts[3] or "").ljust(6, "0")))
