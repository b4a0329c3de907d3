"""Arithmetic of dates and times by parts; GoogleSQL, Date functions, Datetime functions, Timestamp functions.

A difference counts the boundaries of the part between two values, not how often the part fits between them. A week
begins on a Sunday, on a given day (WEEK(MONDAY)) or on a Monday (ISOWEEK).
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from dagcheck.hooks.bigquery.results import BigQueryError

_BEGINNING = datetime(1, 1, 1)
_WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
WEEKS: Mapping[str, int] = {
    "WEEK": 6,
    "ISOWEEK": 0,
    **{f"WEEK({day})": number for number, day in enumerate(_WEEKDAYS)},
}
"""The day on which the week of a part begins; 0 is Monday."""
MICROS: Mapping[str, int] = {
    "MICROSECOND": 1,
    "MILLISECOND": 1_000,
    "SECOND": 1_000_000,
    "MINUTE": 60_000_000,
    "HOUR": 3_600_000_000,
}
"""Parts of a day, in microseconds."""
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_DAYS = {"DAY": 1, "WEEK": 7}
DATE_PARTS = frozenset({"DAY", "ISOYEAR", *_MONTHS, *WEEKS})


EPOCH_DAY = date(1970, 1, 1)


def as_datetime(value: date | datetime | time) -> datetime:
    """Return the midnight of a date, or a time on some day."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time()) if isinstance(value, date) else datetime.combine(EPOCH_DAY, value)


def week_start(day: date, first: int) -> int:
    """Return the ordinal of the first day of the week, which begins on the weekday `first`."""
    return day.toordinal() - (day.weekday() - first) % 7


def week_of_year(day: date, first: int) -> int:
    """Return the number of the week, 0 before the first one that begins in the year."""
    january = date(day.year, 1, 1)
    to_first = (first - january.weekday()) % 7
    return (day.toordinal() - january.toordinal() - to_first) // 7 + 1


def iso_start(year: int) -> date:
    """Return the first day of an ISO year."""
    return date.fromisocalendar(year, 1, 1)


def iso_day_of_year(day: date) -> int:
    """Return the number of the day in its ISO year."""
    return day.toordinal() - iso_start(day.isocalendar()[0]).toordinal() + 1


def on_day_of_year(value: datetime, number: int) -> datetime:
    """Return the value on another day of its year, the first of which is 1."""
    if not 1 <= number <= 365 + calendar.isleap(value.year):
        raise ValueError(number)
    return value.replace(month=1, day=1) + timedelta(days=number - 1)


def add(value: datetime, count: int, part: str) -> datetime:
    """Add parts; of a month that is too short, its last day."""
    try:
        if part in MICROS:
            return value + timedelta(microseconds=count * MICROS[part])
        if part in _DAYS:
            return value + timedelta(days=count * _DAYS[part])
        return _plus_months(value, count * _MONTHS[part])
    except (OverflowError, ValueError) as error:
        raise BigQueryError(f"Adding {count} {part} to {value} causes overflow") from error


def _plus_months(value: datetime, count: int) -> datetime:
    months = value.year * 12 + value.month - 1 + count
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1] if date.min.year <= year <= date.max.year else 0
    return value.replace(year=year, month=month + 1, day=min(value.day, last))


def difference(late: datetime, early: datetime, part: str) -> int:
    """Count the boundaries of the part between two values."""
    if part in MICROS:
        return _index(late, MICROS[part]) - _index(early, MICROS[part])
    return date_index(late.date(), part) - date_index(early.date(), part)


def elapsed(late: datetime, early: datetime, part: str) -> int:
    """Count the whole parts between two moments, as TIMESTAMP_DIFF and TIME_DIFF do."""
    micros = (late - early) // timedelta(microseconds=1)
    size = MICROS.get(part) or 24 * MICROS["HOUR"]
    return micros // size if micros >= 0 else -(-micros // size)


def _index(value: datetime, size: int) -> int:
    return (value - _BEGINNING) // timedelta(microseconds=1) // size


def date_index(day: date, part: str) -> int:
    """Return the number of the part in which the day is."""
    if part in WEEKS:
        return week_start(day, WEEKS[part]) // 7
    if part == "ISOYEAR":
        return day.isocalendar()[0]
    if part == "DAY":
        return day.toordinal()
    return (day.year * 12 + day.month - 1) // _MONTHS[part]


def truncate(value: datetime, part: str) -> datetime:
    """Return the beginning of the part."""
    if part in MICROS:
        since = (value - _BEGINNING) // timedelta(microseconds=1)
        return _BEGINNING + timedelta(microseconds=since - since % MICROS[part])
    return datetime.combine(truncate_date(value.date(), part), time())


def truncate_date(day: date, part: str) -> date:
    """Return the first day of the part."""
    if part in WEEKS:
        start = week_start(day, WEEKS[part])
        if start < 1:
            raise BigQueryError(f"Truncating {day} to {part} resulted in an out of range date value")
        return date.fromordinal(start)
    if part == "ISOYEAR":
        return iso_start(day.isocalendar()[0])
    if part == "DAY":
        return day
    first = (day.month - 1) // _MONTHS[part] * _MONTHS[part] + 1
    return date(day.year, first, 1)


def last_day(day: date, part: str) -> date:
    """Return the last day of the part."""
    start = datetime.combine(truncate_date(day, part), time())
    if part in WEEKS:
        return (start + timedelta(days=6)).date()
    if part == "ISOYEAR":
        return iso_start(day.isocalendar()[0] + 1) - timedelta(days=1)
    return (_plus_months(start, _MONTHS[part]) - timedelta(days=1)).date() if part != "DAY" else day


def extract(value: datetime, part: str) -> int:
    """Return the number of a part, as EXTRACT does."""
    day = value.date()
    if part in WEEKS and part != "ISOWEEK":
        return week_of_year(day, WEEKS[part])
    return {
        "YEAR": day.year,
        "QUARTER": (day.month + 2) // 3,
        "MONTH": day.month,
        "DAY": day.day,
        "DAYOFWEEK": day.isoweekday() % 7 + 1,
        "DAYOFYEAR": day.timetuple().tm_yday,
        "ISOYEAR": day.isocalendar()[0],
        "ISOWEEK": day.isocalendar()[1],
        "HOUR": value.hour,
        "MINUTE": value.minute,
        "SECOND": value.second,
        "MILLISECOND": value.microsecond // 1000,
        "MICROSECOND": value.microsecond,
    }[part]
