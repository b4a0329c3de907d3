"""The functions that make dates and times, or texts and numbers of them, and are plain calls.

GoogleSQL, Date functions, Datetime functions, Time functions, Timestamp functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError
from dagcheck.hooks.bigquery.sql import formats, instants, parses
from dagcheck.hooks.bigquery.sql.calendars import EPOCH_DAY as _EPOCH
from dagcheck.hooks.bigquery.sql.calendars import as_datetime
from dagcheck.hooks.bigquery.sql.signatures import Signature, signature


def _date_of_moment(value: datetime, zone: str) -> date:
    return instants.in_zone(value, zone).date()


def _time_of_moment(value: datetime, zone: str) -> time:
    return instants.in_zone(value, zone).time()


def _moment_of(value: Any, zone: str) -> datetime:
    if isinstance(value, str):
        return _instant(value, zone)
    return instants.to_utc(as_datetime(value), zone).replace(tzinfo=None)


def _instant(text: str, zone: str = "UTC") -> datetime:
    try:
        return instants.timestamp_of(text, zone).replace(tzinfo=None)
    except ValueError as error:
        raise BigQueryError(f"Invalid timestamp: '{text}'") from error


def _constructed(make: Callable[..., Any], what: str) -> Callable[..., Any]:
    def called(*arguments: Any) -> Any:
        try:
            return make(*arguments)
        except (ValueError, OverflowError) as error:
            raise BigQueryError(f"Input calculates to invalid {what}: {', '.join(map(str, arguments))}") from error

    return called


def _date_of_number(number: int) -> date:
    return date.fromordinal(_EPOCH.toordinal() + number)


def _string_of(value: datetime, zone: str) -> str:
    local = instants.in_zone(value, zone)
    offset = formats.format_timestamp("%Ez", value, zone)
    return f"{formats.canonical(local)}{offset.removesuffix(':00')}"


FUNCTIONS: Mapping[str, tuple[Signature, ...]] = {
    "DATE": (
        signature("INT64, INT64, INT64 -> DATE", _constructed(date, "date")),
        signature("TIMESTAMP, STRING -> DATE", _date_of_moment),
        signature("DATE -> DATE", "{0}", total=True),
        signature("DATETIME -> DATE", "CAST({0} AS DATE)", total=True),
        signature("TIMESTAMP -> DATE", "CAST({0} AS DATE)", total=True),
    ),
    "DATETIME": (
        signature("INT64, INT64, INT64, INT64, INT64, INT64 -> DATETIME", _constructed(datetime, "datetime")),
        signature("DATE, TIME -> DATETIME", datetime.combine),
        signature("TIMESTAMP, STRING -> DATETIME", instants.in_zone),
        signature("DATETIME -> DATETIME", "{0}", total=True),
        signature("DATE -> DATETIME", "CAST({0} AS TIMESTAMP)", total=True),
        signature("TIMESTAMP -> DATETIME", "{0}", total=True),
    ),
    "TIME": (
        signature("INT64, INT64, INT64 -> TIME", _constructed(time, "time")),
        signature("TIMESTAMP, STRING -> TIME", _time_of_moment),
        signature("DATETIME -> TIME", "CAST({0} AS TIME)", total=True),
        signature("TIMESTAMP -> TIME", "CAST({0} AS TIME)", total=True),
    ),
    "TIMESTAMP": (
        signature("STRING, [STRING] -> TIMESTAMP", _instant),
        signature("DATE, STRING -> TIMESTAMP", _moment_of),
        signature("DATETIME, STRING -> TIMESTAMP", _moment_of),
        signature("DATE -> TIMESTAMP", "CAST({0} AS TIMESTAMP)", total=True),
        signature("DATETIME -> TIMESTAMP", "{0}", total=True),
        signature("TIMESTAMP -> TIMESTAMP", "{0}", total=True),
    ),
    "STRING": (
        signature("TIMESTAMP, STRING -> STRING", _string_of),
        signature("TIMESTAMP -> STRING", lambda v: _string_of(v, "UTC")),
    ),
    "FORMAT_DATE": (signature("STRING, DATE -> STRING", formats.format_date),),
    "FORMAT_DATETIME": (signature("STRING, DATETIME -> STRING", formats.format_datetime),),
    "FORMAT_TIME": (signature("STRING, TIME -> STRING", formats.format_time),),
    "FORMAT_TIMESTAMP": (
        signature("STRING, TIMESTAMP -> STRING", lambda p, v: formats.format_timestamp(p, v, "UTC")),
        signature("STRING, TIMESTAMP, STRING -> STRING", formats.format_timestamp),
    ),
    "PARSE_DATE": (signature("STRING, STRING -> DATE", parses.parse_date),),
    "PARSE_DATETIME": (signature("STRING, STRING -> DATETIME", parses.parse_datetime),),
    "PARSE_TIME": (signature("STRING, STRING -> TIME", parses.parse_time),),
    "PARSE_TIMESTAMP": (
        signature("STRING, STRING -> TIMESTAMP", lambda p, t: parses.parse_timestamp(p, t, "UTC")),
        signature("STRING, STRING, STRING -> TIMESTAMP", parses.parse_timestamp),
    ),
    "UNIX_DATE": (signature("DATE -> INT64", lambda day: (day - _EPOCH).days),),
    "DATE_FROM_UNIX_DATE": (signature("INT64 -> DATE", _constructed(_date_of_number, "date")),),
    "UNIX_SECONDS": (signature("TIMESTAMP -> INT64", lambda moment: instants.micros(moment) // 1_000_000),),
    "UNIX_MILLIS": (signature("TIMESTAMP -> INT64", lambda moment: instants.micros(moment) // 1_000),),
    "UNIX_MICROS": (signature("TIMESTAMP -> INT64", instants.micros),),
    "TIMESTAMP_SECONDS": (signature("INT64 -> TIMESTAMP", lambda n: instants.from_micros(n * 1_000_000)),),
    "TIMESTAMP_MILLIS": (signature("INT64 -> TIMESTAMP", lambda n: instants.from_micros(n * 1_000)),),
    "TIMESTAMP_MICROS": (signature("INT64 -> TIMESTAMP", instants.from_micros),),
}
