"""Parameters of queries: https://cloud.google.com/bigquery/docs/reference/rest/v2/QueryParameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dagcheck.errors import UsageError
from dagcheck.hooks.bigquery.api.errors import invalid
from dagcheck.hooks.bigquery.api.schemas import type_name
from dagcheck.hooks.bigquery.api.values import WrongValueError, value_from_api
from dagcheck.hooks.bigquery.results import Field, Parameter


def parameters(given: Iterable[Mapping[str, Any]]) -> tuple[Parameter, ...]:
    """Return the parameters of a query, of any type; ServiceError for what is none."""
    return tuple(_parameter(one) for one in given)


def _parameter(given: Mapping[str, Any]) -> Parameter:
    name = given.get("name") or None
    try:
        field = _field(name or "", given["parameterType"])
        return Parameter(name=name, field=field, value=value_from_api(field, _plain(given["parameterValue"], field)))
    except KeyError as missing:
        raise invalid(f"Required parameter is missing: queryParameters.{missing.args[0]}") from None
    except (UsageError, WrongValueError) as error:
        raise invalid(f"Invalid query parameter {name or ''}: {error}") from None


def _field(name: str, kind: Mapping[str, Any]) -> Field:
    if kind["type"].upper() == "ARRAY":
        element = _field(name, kind["arrayType"])
        return Field(name=name, type=element.type, mode="REPEATED", fields=element.fields)
    fields = tuple(_field(one.get("name") or "", one["type"]) for one in kind.get("structTypes") or ())
    return Field(name=name, type=type_name(kind["type"]), fields=fields)


def _plain(value: Mapping[str, Any], field: Field) -> Any:
    """Return the value as a row of JSON would have it."""
    if field.mode == "REPEATED":
        element = Field(name=field.name, type=field.type, fields=field.fields)
        return [_plain(one, element) for one in value.get("arrayValues") or ()]
    if field.type == "RECORD":
        known = {inner.name: inner for inner in field.fields}
        return {name: _plain(one, known[name]) for name, one in (value.get("structValues") or {}).items()}
    return value.get("value")
