"""Jobs of the kind `extract`: https://cloud.google.com/bigquery/docs/exporting-data."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import gzip
import io
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dagcheck.hooks.bigquery.api.errors import invalid
from dagcheck.hooks.bigquery.api.objects import destination
from dagcheck.hooks.bigquery.api.parquet import write_parquet
from dagcheck.hooks.bigquery.api.tables import find, rows, table_id
from dagcheck.hooks.bigquery.api.world import Job, World
from dagcheck.hooks.bigquery.results import Field

_DELIMITERS = {"tab": "\t", "\\t": "\t"}


def run_extract(world: World, job: Job) -> None:
    """Write a table into the mock's objects."""
    settings = job.configuration["extract"]
    if "sourceTable" not in settings:
        raise invalid("mock_bigquery extracts tables, no models")
    info = find(world, table_id(settings["sourceTable"], job.project))
    if info.query is not None:
        raise invalid(f"Using table {info.id} is not allowed for this operation because of its type: VIEW")
    content = _content(info.fields, rows(world, info), settings)
    uris = settings.get("destinationUris") or [settings["destinationUri"]]
    for uri in uris:
        world.objects[destination(uri)] = content
    job.statistics["extract"] = {"destinationUriFileCounts": ["1"] * len(uris), "inputBytes": "0"}


def _content(fields: Sequence[Field], every: Sequence[Sequence[Any]], settings: dict[str, Any]) -> bytes:
    kind = settings.get("destinationFormat") or "CSV"
    compression = settings.get("compression") or "NONE"
    if kind == "PARQUET" and compression == "NONE":
        names = [field.name for field in fields]
        return write_parquet(fields, (dict(zip(names, row, strict=True)) for row in every))
    if kind not in {"CSV", "NEWLINE_DELIMITED_JSON"} or compression not in {"NONE", "GZIP"}:
        raise invalid(f"mock_bigquery does not extract {kind} with compression {compression}")
    text = _csv(fields, every, settings) if kind == "CSV" else _json(fields, every)
    content = text.encode()
    return gzip.compress(content, mtime=0) if compression == "GZIP" else content


def _csv(fields: Sequence[Field], every: Sequence[Sequence[Any]], settings: dict[str, Any]) -> str:
    nested = next((field.name for field in fields if field.mode == "REPEATED" or field.type == "RECORD"), None)
    if nested is not None:
        raise invalid(f"Operation cannot be performed on a nested schema. Field: {nested}")
    delimiter = settings.get("fieldDelimiter") or ","
    file = io.StringIO()
    writer = csv.writer(file, delimiter=_DELIMITERS.get(delimiter, delimiter), lineterminator="\n")
    if settings.get("printHeader", True):
        writer.writerow([field.name for field in fields])
    writer.writerows([["" if value is None else _text(value) for value in row] for row in every])
    return file.getvalue()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dt.datetime):
        zone = "" if value.tzinfo is None else " UTC"
        separator = "T" if value.tzinfo is None else " "
        return value.replace(tzinfo=None).isoformat(separator) + zone
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _json(fields: Sequence[Field], every: Sequence[Sequence[Any]]) -> str:
    objects = (_object(fields, dict(zip([field.name for field in fields], row, strict=True))) for row in every)
    return "".join(f"{json.dumps(one, separators=(',', ':'))}\n" for one in objects)


def _object(fields: Sequence[Field], row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as an export has it: what is NULL is left out, an INT64 is a text."""
    found = {}
    for field in fields:
        value = row.get(field.name)
        if field.mode == "REPEATED":
            found[field.name] = [_json_value(field, one) for one in value or ()]
        elif value is not None:
            found[field.name] = _json_value(field, value)
    return found


def _json_value(field: Field, value: Any) -> Any:
    if field.type == "RECORD":
        return _object(field.fields, value)
    if field.type == "JSON":
        return json.loads(value)
    return value if field.type in {"BOOLEAN", "FLOAT"} else _text(value)
