"""Dates, times and numbers as texts; GoogleSQL, Format elements for date and time parts, Conversion functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal

from dagcheck.hooks.bigquery.results import UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import calendars, instants

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def canonical(value: float | Decimal | date | datetime | time) -> str:
    """Return what CAST(value AS STRING) gives, of a TIMESTAMP without its zone."""
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return f"{canonical(value.date())} {canonical(value.time())}"
    if isinstance(value, time):
        text = value.strftime("%H:%M:%S")
        digits = 3 if value.microsecond % 1000 == 0 else 6
        return f"{text}.{value.microsecond:06d}"[: 9 + digits] if value.microsecond else text
    return value.isoformat()


def _float(value: float) -> str:
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = f"{value:.15g}"
    if float(text) == value:
        return text
    text = f"{value:.17g}"
    if float(repr(value)) == value and len(repr(value).lstrip("-")) < len(text.lstrip("-")):
        raise UnsupportedSqlError(f"the FLOAT64 {value!r} as a STRING, of which sixteen digits are enough")
    return text


def format_date(pattern: str, value: date) -> str:
    """FORMAT_DATE."""
    return _formatted(pattern, datetime.combine(value, time()), "", "aAbBhCdDeFgGjJmnQtuUVwWxyY%")


def format_datetime(pattern: str, value: datetime) -> str:
    """FORMAT_DATETIME."""
    return _formatted(pattern, value, "", "")


def format_time(pattern: str, value: time) -> str:
    """FORMAT_TIME."""
    return _formatted(pattern, datetime.combine(date(1970, 1, 1), value), "", "HIklMpPrRSTXEnt%")


def format_timestamp(pattern: str, value: datetime, zone: str) -> str:
    """FORMAT_TIMESTAMP in a zone."""
    return _formatted(pattern, instants.in_zone(value, zone), zone, "", value)


def _formatted(pattern: str, value: datetime, zone: str, letters: str, moment: datetime | None = None) -> str:
    found, position = [], 0
    while position < len(pattern):
        if pattern[position] != "%":
            found.append(pattern[position])
            position += 1
            continue
        element, position = element_at(pattern, position + 1)
        if letters and element[-1] not in letters:
            raise UnsupportedSqlError(f"the format element %{element} for this type")
        found.append(_zone_text(element, zone, moment) if element in _ZONED else _one(element, value))
    return "".join(found)


def element_at(pattern: str, position: int) -> tuple[str, int]:
    """Return the format element whose % is before the position, and where it ends."""
    for size in (3, 2, 1):
        element = pattern[position : position + size]
        if len(element) == size and (size == 1 or element in _LONG):
            return element, position + size
    raise UnsupportedSqlError("a format that ends with %")


def _one(element: str, value: datetime) -> str:
    write = _WRITE.get(element)
    if write is None:
        raise UnsupportedSqlError(f"the format element %{element}")
    return write(value)


_ZONED = {"z", "Z", "Ez", "s"}
_LONG = {"E4Y", "E*S", "E1S", "E2S", "E3S", "E4S", "E5S", "E6S", "Ez"}


def _zone_text(element: str, zone: str, moment: datetime | None) -> str:
    if moment is None:
        if element == "s":
            raise UnsupportedSqlError("the format element %s for this type")
        return ""
    if element == "s":
        return str(instants.micros(moment) // 1_000_000)
    if element == "Z":
        raise UnsupportedSqlError("the format element %Z")
    local = instants.in_zone(moment, zone)
    minutes = round((local - moment.replace(tzinfo=None)).total_seconds() / 60)
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    return f"{sign}{hours:02d}{':' if element == 'Ez' else ''}{rest:02d}"


def _fraction(digits: int) -> Callable[[datetime], str]:
    return lambda value: f"{value:%S}.{value.microsecond:06d}"[: 3 + digits]


def _hour12(value: datetime) -> int:
    return value.hour % 12 or 12


def _all_digits(value: datetime) -> str:
    return f"{value:%S}.{value.microsecond:06d}".rstrip("0").rstrip(".") if value.microsecond else f"{value:%S}"


_WRITE: Mapping[str, Callable[[datetime], str]] = {
    "A": lambda v: DAYS[v.weekday()],
    "a": lambda v: DAYS[v.weekday()][:3],
    "B": lambda v: MONTHS[v.month - 1],
    "b": lambda v: MONTHS[v.month - 1][:3],
    "h": lambda v: MONTHS[v.month - 1][:3],
    "C": lambda v: f"{v.year // 100:02d}",
    "D": lambda v: f"{v.month:02d}/{v.day:02d}/{v.year % 100:02d}",
    "x": lambda v: f"{v.month:02d}/{v.day:02d}/{v.year % 100:02d}",
    "d": lambda v: f"{v.day:02d}",
    "e": lambda v: f"{v.day:2d}",
    "F": lambda v: f"{v.year:04d}-{v.month:02d}-{v.day:02d}",
    "G": lambda v: str(v.isocalendar()[0]),
    "g": lambda v: f"{v.isocalendar()[0] % 100:02d}",
    "H": lambda v: f"{v.hour:02d}",
    "I": lambda v: f"{_hour12(v):02d}",
    "J": lambda v: str(calendars.iso_day_of_year(v.date())),
    "j": lambda v: f"{v.timetuple().tm_yday:03d}",
    "k": lambda v: f"{v.hour:2d}",
    "l": lambda v: f"{_hour12(v):2d}",
    "M": lambda v: f"{v.minute:02d}",
    "m": lambda v: f"{v.month:02d}",
    "n": lambda _: "\n",
    "P": lambda v: "am" if v.hour < 12 else "pm",
    "p": lambda v: "AM" if v.hour < 12 else "PM",
    "Q": lambda v: str((v.month + 2) // 3),
    "R": lambda v: f"{v.hour:02d}:{v.minute:02d}",
    "S": lambda v: f"{v.second:02d}",
    "T": lambda v: f"{v.hour:02d}:{v.minute:02d}:{v.second:02d}",
    "X": lambda v: f"{v.hour:02d}:{v.minute:02d}:{v.second:02d}",
    "t": lambda _: "\t",
    "U": lambda v: f"{calendars.week_of_year(v.date(), 6):02d}",
    "u": lambda v: str(v.isoweekday()),
    "V": lambda v: f"{v.isocalendar()[1]:02d}",
    "W": lambda v: f"{calendars.week_of_year(v.date(), 0):02d}",
    "w": lambda v: str(v.isoweekday() % 7),
    "Y": lambda v: str(v.year),
    "y": lambda v: f"{v.year % 100:02d}",
    "E4Y": lambda v: f"{v.year:04d}",
    "E*S": _all_digits,
    **{f"E{digits}S": _fraction(digits) for digits in range(1, 7)},
    "%": lambda _: "%",
}
