"""Files of rows, as load jobs read them: CSV, newline-delimited JSON, Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dagcheck.hooks.bigquery.api.detection import of_csv, of_json
from dagcheck.hooks.bigquery.api.errors import ServiceError, invalid
from dagcheck.hooks.bigquery.api.parquet import read_parquet
from dagcheck.hooks.bigquery.api.values import WrongValueError, row_from_api
from dagcheck.hooks.bigquery.results import Field

_GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class Loaded:
    """What files hold: columns, rows by column, and what is wrong with other rows."""

    fields: tuple[Field, ...]
    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, row: Mapping[str, Any], *, ignore_unknown: bool) -> None:
        """Take a row of JSON."""
        try:
            self.rows.append(row_from_api(self.fields, row, ignore_unknown=ignore_unknown))
        except WrongValueError as error:
            self.errors.append(f"Error while reading data, error message: {error} Field: {error.location}")


def read(contents: Sequence[bytes], settings: Mapping[str, Any], fields: tuple[Field, ...]) -> Loaded:
    """Return what files hold; `fields` are the columns that are known, else they are detected if `autodetect` is on."""
    kind = settings.get("sourceFormat") or "CSV"
    if kind not in _READERS:
        raise invalid(f"mock_bigquery does not load {kind}: CSV, NEWLINE_DELIMITED_JSON or PARQUET")
    if settings.get("hivePartitioningOptions"):
        raise invalid("mock_bigquery does not know hivePartitioningOptions")
    if not fields and not settings.get("autodetect") and kind != "PARQUET":
        raise invalid("No schema specified on job or table.")
    plain = [gzip.decompress(content) if content.startswith(_GZIP) else content for content in contents]
    return _READERS[kind](plain, settings, fields)


def _json(contents: Sequence[bytes], settings: Mapping[str, Any], fields: tuple[Field, ...]) -> Loaded:
    lines = [line for content in contents for line in content.decode().splitlines() if line.strip()]
    try:
        rows = [json.loads(line) for line in lines]
    except ValueError as error:
        raise ServiceError(
            "invalid", f"Error while reading data, error message: Failed to parse JSON: {error}"
        ) from None
    loaded = Loaded(fields or of_json(rows))
    for row in rows:
        loaded.add(row, ignore_unknown=bool(settings.get("ignoreUnknownValues")))
    return loaded


def _csv(contents: Sequence[bytes], settings: Mapping[str, Any], fields: tuple[Field, ...]) -> Loaded:
    skip = None if settings.get("skipLeadingRows") is None else int(settings["skipLeadingRows"])
    loaded = Loaded(fields)
    for content in contents:
        rows = _csv_rows(content, settings)
        if not loaded.fields:
            loaded.fields, start = of_csv(rows, skip)
        else:
            start = skip or 0 if fields else of_csv(rows, skip)[1]
        for row in rows[start:]:
            _add_csv(loaded, row, settings)
    return loaded


def _csv_rows(content: bytes, settings: Mapping[str, Any]) -> list[list[str]]:
    encodings = {"UTF-8": "utf-8-sig", "ISO-8859-1": "latin-1"}
    encoding = encodings.get(settings.get("encoding") or "UTF-8")
    if encoding is None:
        raise invalid(f"mock_bigquery does not know the encoding {settings['encoding']}")
    delimiter = {"tab": "\t", "\\t": "\t", None: ","}.get(
        settings.get("fieldDelimiter"), settings.get("fieldDelimiter")
    )
    quote = settings.get("quote", '"')
    reader = csv.reader(
        io.StringIO(content.decode(encoding), newline=""), delimiter=str(delimiter), quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )  # fmt: skip
    rows = [row for row in reader if row]
    if not settings.get("allowQuotedNewlines") and any("\n" in cell for row in rows for cell in row):
        raise invalid("Error while reading data, error message: CSV table encountered a quoted newline")
    return rows


def _add_csv(loaded: Loaded, row: Sequence[str], settings: Mapping[str, Any]) -> None:
    wanted = len(loaded.fields)
    jagged, ignore = bool(settings.get("allowJaggedRows")), bool(settings.get("ignoreUnknownValues"))
    if (len(row) < wanted and not jagged) or (len(row) > wanted and not ignore):
        loaded.errors.append(
            "Error while reading data, error message: CSV processing encountered too"
            f" {'few' if len(row) < wanted else 'many'} columns: {len(row)}, expected {wanted}"
        )
        return
    null = settings.get("nullMarker") or ""
    cells = {
        column.name: None if text == null and (null or column.type != "STRING") else text
        for column, text in zip(loaded.fields, row, strict=False)
    }
    loaded.add(cells, ignore_unknown=True)


def _parquet(contents: Sequence[bytes], settings: Mapping[str, Any], fields: tuple[Field, ...]) -> Loaded:
    found = [read_parquet(content) for content in contents]
    loaded = Loaded(fields or found[0][0])
    for _, rows in found:
        for row in rows:
            loaded.add(row, ignore_unknown=bool(settings.get("ignoreUnknownValues")))
    return loaded


_READERS: dict[str, Callable[[Sequence[bytes], Mapping[str, Any], tuple[Field, ...]], Loaded]] = {
    "CSV": _csv,
    "NEWLINE_DELIMITED_JSON": _json,
    "PARQUET": _parquet,
}
