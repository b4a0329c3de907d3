"""What a test gives as the answer to a statement, and the result that the server makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dagcheck.errors import UsageError
from dagcheck.hooks.answers import short
from dagcheck.hooks.bigquery.api.schemas import given_schema, inferred
from dagcheck.hooks.bigquery.api.values import WrongValueError, row_from_api
from dagcheck.hooks.bigquery.results import Field, Result
from dagcheck.hooks.bigquery.statements import DML, statement_type


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    """Rows with a schema, for columns whose types do not show in the rows; or the number of rows that DML changed.

    `schema` is types by column name (`{"id": "INT64", "tags": "ARRAY<STRING>"}`) or a list of the API's columns or of
    `SchemaField`s.
    """

    rows: Sequence[Any] = ()
    schema: Any = None
    affected: int | None = None


def as_result(given: Any, sql: str) -> Result:
    """Return the result that an answer means.

    An answer is rows (mappings, or sequences whose columns are f0_, f1_, ... as BigQuery names them), a QueryResult, a
    Result, or the number of rows that DML changed. Raises UsageError for anything else.
    """
    if isinstance(given, Result):
        return given
    kind = statement_type(sql)
    answer = _query_result(given)
    named = [_named(row, answer.schema) for row in answer.rows]
    fields = inferred(named) if answer.schema is None else given_schema(answer.schema)
    affected = (answer.affected or 0) if kind in DML else answer.affected
    result = Result(statement_type=kind, fields=fields, rows=_cells(fields, named), affected=affected)
    changed = affected or 0
    match kind:
        case "INSERT":
            return replace(result, inserted=changed)
        case "UPDATE":
            return replace(result, updated=changed)
        case "DELETE":
            return replace(result, deleted=changed)
    return result


def _query_result(given: Any) -> QueryResult:
    if isinstance(given, QueryResult):
        return given
    if given is None:
        return QueryResult()
    if isinstance(given, int) and not isinstance(given, bool):
        return QueryResult(affected=given)
    if isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        return QueryResult(rows=given)
    raise UsageError(f"an answer is rows, a QueryResult, a number of changed rows or an error, not {short(given)}")


def _named(row: Any, schema: Any) -> Mapping[str, Any]:
    if isinstance(row, Mapping):
        return row
    if isinstance(row, (str, bytes)) or not isinstance(row, Sequence):
        raise UsageError(f"a row is a mapping or a sequence, not {short(row)}")
    names = [field.name for field in given_schema(schema)] if schema else [f"f{place}_" for place in range(len(row))]
    if len(names) != len(row):
        raise UsageError(f"the schema has {len(names)} columns, but the row {short(row)} has {len(row)}")
    return dict(zip(names, row, strict=True))


def _cells(fields: Sequence[Field], rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[Any, ...], ...]:
    try:
        good = [row_from_api(fields, row) for row in rows]
    except WrongValueError as error:
        raise UsageError(f"the schema of the answer does not take a row: {error}") from None
    return tuple(tuple(row.get(field.name) for field in fields) for row in good)
