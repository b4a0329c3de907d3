"""Texts read as dates and times; GoogleSQL, Format elements for date and time parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import calendars, instants
from dagcheck.hooks.bigquery.sql.formats import DAYS, MONTHS, element_at


def parse_date(pattern: str, text: str) -> date:
    """PARSE_DATE."""
    return _parsed(pattern, text, "DATE")[0].date()


def parse_datetime(pattern: str, text: str) -> datetime:
    """PARSE_DATETIME."""
    return _parsed(pattern, text, "DATETIME")[0]


def parse_time(pattern: str, text: str) -> time:
    """PARSE_TIME."""
    return _parsed(pattern, text, "TIME")[0].time()


def parse_timestamp(pattern: str, text: str, zone: str) -> datetime:
    """PARSE_TIMESTAMP: the zone is that of a text without one; a moment in UTC, without a zone."""
    local, offset = _parsed(pattern, text, "TIMESTAMP")
    return instants.to_utc(local, offset or zone).replace(tzinfo=None)


_NUMBER = {
    "Y": ("year", 4), "E4Y": ("year", 4), "y": ("short", 2), "m": ("month", 2), "d": ("day", 2), "e": ("day", 2),
    "j": ("yday", 3), "H": ("hour", 2), "k": ("hour", 2), "I": ("hour12", 2), "l": ("hour12", 2), "M": ("minute", 2),
    "S": ("second", 2), "s": ("epoch", 12),
}  # fmt: skip
_EXPANDED = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y", "x": "%m/%d/%y", "X": "%H:%M:%S"}


def _parsed(pattern: str, text: str, kind: str) -> tuple[datetime, str | None]:
    for element, meant in _EXPANDED.items():
        pattern = pattern.replace("%%", "\0").replace(f"%{element}", meant).replace("\0", "%%")
    parts: dict[str, Any] = {}
    rest = _read(pattern, text.strip(), parts, f'Failed to parse input string "{text}"')
    if rest.strip():
        raise BigQueryError(f"Illegal non-space trailing data '{rest}' in string \"{text}\"")
    try:
        return _assembled(parts, kind), parts.get("zone")
    except ValueError as error:
        raise BigQueryError(f'Failed to parse input string "{text}"') from error


def _read(pattern: str, rest: str, parts: dict[str, Any], problem: str) -> str:
    position = 0
    while position < len(pattern):
        letter = pattern[position]
        if letter == "%":
            element, position = element_at(pattern, position + 1)
            rest = _take(element, rest, parts, problem)
            continue
        position += 1
        if letter.isspace():
            rest = rest.lstrip()
        elif rest.startswith(letter):
            rest = rest[1:]
        else:
            raise BigQueryError(problem)
    return rest


def _take(element: str, rest: str, parts: dict[str, Any], problem: str) -> str:
    if element in _NUMBER:
        part, digits = _NUMBER[element]
        return _take_number(part, digits, rest.lstrip(), parts, problem)
    take = _TAKE.get(element)
    if take is None:
        raise UnsupportedSqlError(f"the format element %{element} in a function that parses")
    return take(rest, parts, problem)


def _take_number(part: str, digits: int, rest: str, parts: dict[str, Any], problem: str) -> str:
    size = 0
    while size < min(digits, len(rest)) and rest[size].isdigit():
        size += 1
    if not size:
        raise BigQueryError(problem)
    parts[part] = int(rest[:size])
    return rest[size:]


def _take_month(rest: str, parts: dict[str, Any], problem: str) -> str:
    for number, name in enumerate(MONTHS, 1):
        for text in (name, name[:3]):
            if rest.lower().startswith(text.lower()):
                parts["month"] = number
                return rest[len(text) :]
    raise BigQueryError(problem)


def _take_day(rest: str, _parts: dict[str, Any], problem: str) -> str:
    for name in DAYS:
        for text in (name, name[:3]):
            if rest.lower().startswith(text.lower()):
                return rest[len(text) :]  # said, but of no effect
    raise BigQueryError(problem)


def _take_half(rest: str, parts: dict[str, Any], problem: str) -> str:
    if rest[:2].upper() not in {"AM", "PM"}:
        raise BigQueryError(problem)
    parts["afternoon"] = rest[:2].upper() == "PM"
    return rest[2:]


def _take_fraction(rest: str, parts: dict[str, Any], problem: str) -> str:
    rest = _take_number("second", 2, rest, parts, problem)
    if not rest.startswith("."):
        return rest
    size = 1
    while size < len(rest) and rest[size].isdigit():
        size += 1
    if size > 7:
        raise UnsupportedSqlError("fractions of a second with more than six digits")
    parts["micros"] = int(rest[1:size].ljust(6, "0") or 0)
    return rest[size:]


def _take_zone(rest: str, parts: dict[str, Any], problem: str) -> str:
    for size in (6, 5, 3, 1):
        text = rest[:size]
        if text in {"Z", "z"} or (len(text) == size > 1 and text[0] in "+-" and text[1:].replace(":", "").isdigit()):
            parts["zone"] = "UTC" if text in {"Z", "z"} else text
            return rest[size:]
    raise BigQueryError(problem)


def _take_percent(rest: str, _parts: dict[str, Any], problem: str) -> str:
    if not rest.startswith("%"):
        raise BigQueryError(problem)
    return rest[1:]


_TAKE: Mapping[str, Callable[[str, dict[str, Any], str], str]] = {
    "B": _take_month, "b": _take_month, "h": _take_month,
    "A": _take_day, "a": _take_day, "p": _take_half, "P": _take_half,
    "E*S": _take_fraction, "z": _take_zone, "Ez": _take_zone, "%": _take_percent,
    "n": lambda rest, _parts, _problem: rest.lstrip(), "t": lambda rest, _parts, _problem: rest.lstrip(),
}  # fmt: skip


def _assembled(parts: dict[str, Any], kind: str) -> datetime:
    if "epoch" in parts:
        if kind != "TIMESTAMP" or set(parts) - {"epoch", "zone"}:
            raise UnsupportedSqlError("the format element %s with others, or for this type")
        parts["zone"] = "UTC"
        return instants.from_micros(parts["epoch"] * 1_000_000)
    if "short" in parts:
        parts.setdefault("year", parts["short"] + (1900 if parts["short"] >= 69 else 2000))
    if "hour12" in parts:
        if not 1 <= parts["hour12"] <= 12:
            raise ValueError(parts)
        parts["hour"] = parts["hour12"] % 12 + (12 if parts.get("afternoon") else 0)
    found = datetime(
        parts.get("year", 1970), parts.get("month", 1), parts.get("day", 1),
        parts.get("hour", 0), parts.get("minute", 0), parts.get("second", 0), parts.get("micros", 0),
    )  # fmt: skip
    return calendars.on_day_of_year(found, parts["yday"]) if "yday" in parts else found
