"""Rows of tables: https://cloud.google.com/bigquery/docs/reference/rest/v2/tabledata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dagcheck.hooks.bigquery.api.errors import invalid
from dagcheck.hooks.bigquery.api.request import Request, page
from dagcheck.hooks.bigquery.api.tables import find, of_path, rows
from dagcheck.hooks.bigquery.api.values import WrongValueError, row_from_api, row_to_api, timestamps_wanted
from dagcheck.hooks.bigquery.api.world import World
from dagcheck.hooks.bigquery.results import Field


def list_(world: World, request: Request) -> dict[str, Any]:
    """Return a page of rows, of the `selectedFields`."""
    info = find(world, of_path(request))
    if info.query is not None:
        raise invalid(f"Cannot list a table of type VIEW: {info.id}")
    every = rows(world, info)
    shown, token = page(every, request, f"rows of {info.id}", world.page_size)
    fields, cut = selected(info.fields, shown, request.query.get("selectedFields"))
    options = {key.removeprefix("formatOptions."): value for key, value in request.query.items()}
    form = timestamps_wanted(options)
    return {
        "kind": "bigquery#tableDataList",
        "totalRows": str(len(every)),
        "rows": [row_to_api(fields, row, form) for row in cut],
        **({"pageToken": token} if token else {}),
    }


def selected(
    fields: Sequence[Field], every: Sequence[Sequence[Any]], names: str | None
) -> tuple[Sequence[Field], Sequence[Sequence[Any]]]:
    """Return the columns that are asked for, of each row, in the table's order."""
    if not names:
        return fields, every
    wanted = {name.strip().lower() for name in names.split(",")}
    places = [place for place, field in enumerate(fields) if field.name.lower() in wanted]
    if len(places) < len(wanted):
        known = {field.name.lower() for field in fields}
        raise invalid(f"No such field: {min(wanted - known)}")
    return [fields[place] for place in places], [[row[place] for place in places] for row in every]


def insert_all(world: World, request: Request) -> dict[str, Any]:
    """Append rows; errors are told for each row, and without `skipInvalidRows` one wrong row stops all."""
    body = request.body
    if body.get("templateSuffix"):
        raise invalid("mock_bigquery does not know templateSuffix")
    info = find(world, of_path(request))
    if info.query is not None:
        raise invalid(f"Cannot add rows to a table of type VIEW: {info.id}")
    if not body.get("rows"):
        raise invalid("No rows present in the request.")
    checked = [_checked(info.fields, row, ignore_unknown=bool(body.get("ignoreUnknownValues"))) for row in body["rows"]]
    good = {index: row for index, row in enumerate(checked) if not isinstance(row, WrongValueError)}
    errors = {
        index: _error("invalid", error.message, error.location)
        for index, error in enumerate(checked)
        if isinstance(error, WrongValueError)
    }
    if errors and not body.get("skipInvalidRows"):
        errors |= {index: _error("stopped") for index in good}
        good = {}
    world.store.insert(info.id, list(good.values()))
    told = [{"index": index, "errors": [error]} for index, error in sorted(errors.items())]
    return {"kind": "bigquery#tableDataInsertAllResponse", **({"insertErrors": told} if told else {})}


def _checked(
    fields: Sequence[Field], row: Mapping[str, Any], *, ignore_unknown: bool
) -> dict[str, Any] | WrongValueError:
    try:
        return row_from_api(fields, row.get("json") or {}, ignore_unknown=ignore_unknown)
    except WrongValueError as error:
        return error


def _error(reason: str, message: str = "", location: str = "") -> dict[str, str]:
    return {"reason": reason, "location": location, "debugInfo": "", "message": message}
