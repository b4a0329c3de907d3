"""Values on the wire: cells of an answer, values of a request."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from dagcheck.hooks.bigquery.results import Field

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_MICROSECOND = dt.timedelta(microseconds=1)


def row_to_api(fields: Sequence[Field], row: Sequence[Any], timestamps: str = "float") -> dict[str, Any]:
    """Return a row as the API has it; `timestamps` is float (seconds), int64 (microseconds) or iso."""
    return {"f": [_cell(field, value, timestamps) for field, value in zip(fields, row, strict=True)]}


def timestamps_wanted(options: Mapping[str, Any]) -> str:
    """Return which form of a TIMESTAMP the `formatOptions` of a request, flat or nested, ask for."""
    if str(options.get("timestampOutputFormat", "")).upper() == "ISO8601_STRING":
        return "iso"
    return "int64" if str(options.get("useInt64Timestamp", "")).lower() == "true" else "float"


def _cell(field: Field, value: Any, timestamps: str) -> dict[str, Any]:
    if field.mode == "REPEATED":
        return {"v": [{"v": _single(field, element, timestamps)} for element in value or ()]}
    return {"v": _single(field, value, timestamps)}


def _single(field: Field, value: Any, timestamps: str) -> Any:
    if value is None:
        return None
    if field.type == "RECORD":
        return row_to_api(field.fields, [value.get(inner.name) for inner in field.fields], timestamps)
    if field.type == "TIMESTAMP":
        return _timestamp(value, timestamps)
    return _text(field.type, value)


def _text(kind: str, value: Any) -> str:
    if kind == "BOOLEAN":
        return "true" if value else "false"
    if kind == "BYTES":
        return base64.b64encode(value).decode()
    if kind == "FLOAT":
        return _float_text(float(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def _float_text(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _timestamp(value: dt.datetime, form: str) -> str:
    micros = (value - _EPOCH) // _MICROSECOND
    if form == "iso":
        return f"{value.astimezone(dt.timezone.utc).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
    return str(micros) if form == "int64" else f"{micros // 10**6}.{micros % 10**6:06}"


class WrongValueError(ValueError):
    """A value that a column cannot take: the name of the column, and BigQuery's words."""

    def __init__(self, location: str, message: str) -> None:
        super().__init__(message)
        self.location = location
        self.message = message


def row_from_api(
    fields: Iterable[Field], row: Mapping[str, Any], *, ignore_unknown: bool = False, within: str = ""
) -> dict[str, Any]:
    """Return a row of JSON, or of Python's own values, as Python values by column; raises WrongValueError."""
    known = {field.name.lower(): field for field in fields}
    found: dict[str, Any] = {}
    for name, value in row.items():
        field = known.get(name.lower())
        if field is not None:
            found[field.name] = value_from_api(field, value, ignore_unknown=ignore_unknown, within=within)
        elif not ignore_unknown:
            raise WrongValueError(f"{within}{name}", f"no such field: {within}{name}.")
    for field in known.values():
        if field.mode == "REQUIRED" and found.get(field.name) is None and field.default is None:
            raise WrongValueError(within + field.name, f"Missing required field: {within}{field.name}.")
    return found


def value_from_api(field: Field, value: Any, *, ignore_unknown: bool = False, within: str = "") -> Any:
    """Return a value of JSON as Python has it; raises WrongValueError."""
    location = within + field.name
    if field.mode == "REPEATED":
        if value is None:
            return []
        if not isinstance(value, (list, tuple)):
            raise WrongValueError(location, f"Value for repeated field must be an array: {location}.")
        return [_converted(field, one, location, ignore_unknown=ignore_unknown) for one in value]
    if isinstance(value, (list, tuple)) and field.type != "JSON":
        raise WrongValueError(location, f"Array specified for non-repeated field: {location}.")
    return None if value is None else _converted(field, value, location, ignore_unknown=ignore_unknown)


def _converted(field: Field, value: Any, location: str, *, ignore_unknown: bool) -> Any:
    if field.type == "RECORD":
        if not isinstance(value, Mapping):
            raise WrongValueError(location, f"This field: {location} is not a record.")
        return row_from_api(field.fields, value, ignore_unknown=ignore_unknown, within=f"{location}.")
    if isinstance(value, Mapping) and field.type != "JSON":
        raise WrongValueError(location, f"This field: {location} is not a record.")
    try:
        convert: Callable[[Any], Any] = _FROM_JSON.get(field.type, _string)
        return convert(value)
    except (ValueError, InvalidOperation, OverflowError, TypeError):
        raise WrongValueError(
            location, f"Cannot convert value to {_TOLD.get(field.type, field.type.lower())} (bad value): {value}"
        ) from None


_TOLD = {"INTEGER": "integer", "FLOAT": "double"}


def _string(value: Any) -> str:
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    if not isinstance(value, str):
        raise TypeError
    return value


def _integer(value: Any) -> int:
    number = Decimal(str(value))
    if isinstance(value, bool) or number != int(number) or not -(2**63) <= number < 2**63:
        raise ValueError
    return int(number)


def _float(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError  # noqa: TRY004 -- one kind for the caller
    return float(value)


def _boolean(value: Any) -> bool:
    found = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}.get(str(value).lower())
    if found is None:
        raise ValueError
    return found


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError from None


def timestamp(value: Any) -> dt.datetime:
    """Return a TIMESTAMP of its text, or of seconds since 1970; without a zone it is UTC."""
    try:
        return _EPOCH + dt.timedelta(seconds=float(value))
    except (TypeError, ValueError):
        found = _iso(str(value))
    return (found if found.tzinfo else found.replace(tzinfo=dt.timezone.utc)).astimezone(dt.timezone.utc)


def _datetime(value: Any) -> dt.datetime:
    found = _iso(str(value))
    if found.tzinfo is not None and found.utcoffset():
        raise ValueError
    return found.replace(tzinfo=None)


def _iso(text: str) -> dt.datetime:
    """Python 3.10 takes neither a Z nor fractions of any length."""
    plain = text.strip().removesuffix(" UTC").removesuffix("Z").removesuffix("z")
    zone = "+00:00" if plain != text.strip() else ""
    head, dot, tail = plain.partition(".")
    if not dot:
        return dt.datetime.fromisoformat(plain + zone)
    digits = "".join(c for c in tail if c.isdecimal()) if not any(c in tail for c in "+-") else ""
    if not digits:
        at = min(tail.index(c) for c in "+-" if c in tail)
        digits, zone = tail[:at], tail[at:]
    return dt.datetime.fromisoformat(f"{head}.{digits[:6]:0<6}{zone}")


_FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "INTEGER": _integer,
    "FLOAT": _float,
    "BOOLEAN": _boolean,
    "BYTES": _bytes,
    "NUMERIC": lambda value: Decimal(str(value)),
    "BIGNUMERIC": lambda value: Decimal(str(value)),
    "DATE": lambda value: dt.date.fromisoformat(str(value)),
    "DATETIME": _datetime,
    "TIME": lambda value: dt.time.fromisoformat(str(value)),
    "TIMESTAMP": timestamp,
    "JSON": lambda value: value if isinstance(value, str) else json.dumps(value),
}
