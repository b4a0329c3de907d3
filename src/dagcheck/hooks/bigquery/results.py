"""What the engine and the server say to each other: columns, parameters, results, errors; as the REST API has them.

A value is what Python has for its type: int, float, str, bool, bytes, Decimal, date, time, a naive datetime (DATETIME),
an aware one in UTC (TIMESTAMP), the text of a JSON, a dict (RECORD), a list (REPEATED), None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_STATUS = {"notFound": 404, "duplicate": 409, "accessDenied": 403, "conditionNotMet": 412}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column, or a field of a RECORD.

    `type` is the API's name: STRING INTEGER FLOAT NUMERIC BIGNUMERIC BOOLEAN BYTES DATE DATETIME TIME TIMESTAMP JSON
    GEOGRAPHY RECORD; `mode` is NULLABLE, REQUIRED or REPEATED.
    """

    name: str
    type: str
    mode: str = "NULLABLE"
    fields: tuple[Field, ...] = ()
    description: str | None = None
    default: str | None = None
    """The expression of `defaultValueExpression`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A query parameter; without a name it is positional. The name and mode of `field` mean nothing but REPEATED."""

    field: Field
    value: Any
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TableId:
    """A table or view."""

    project: str
    dataset: str
    table: str

    def __str__(self) -> str:
        """Show it as BigQuery's messages do."""
        return f"{self.project}:{self.dataset}.{self.table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioning:
    """How a table is divided: by a column, or by the time of arrival if `field` is None."""

    type: str = "DAY"
    """DAY, HOUR, MONTH, YEAR, or RANGE for ranges of integers."""
    field: str | None = None
    require_filter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInfo:
    """A table or view as it is now."""

    id: TableId
    fields: tuple[Field, ...]
    query: str | None = None
    """The SQL of a view; None for a table."""
    partitioning: Partitioning | None = None
    clustering: tuple[str, ...] = ()
    description: str | None = None
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one statement, or a script, gave.

    `statement_type` is a name of the API's `statistics.query.statementType`: SELECT, INSERT, UPDATE, DELETE, MERGE,
    TRUNCATE_TABLE, CREATE_TABLE, CREATE_TABLE_AS_SELECT, CREATE_VIEW, DROP_TABLE, DROP_VIEW, CREATE_SCHEMA,
    DROP_SCHEMA, SCRIPT, ... Of a script, fields and rows are those of its last SELECT, and `children` its statements.
    """

    statement_type: str
    fields: tuple[Field, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    affected: int | None = None
    """Rows changed by DML."""
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    target: TableId | None = None
    """The table or view that the statement changed, created or dropped."""
    operation: str | None = None
    """Of DDL: CREATE, REPLACE, SKIP (it was there already, or was not there to drop), DROP, ALTER."""
    children: tuple[Result, ...] = ()


class BigQueryError(Exception):
    """An error as BigQuery sends it: its reason, its words, the status of HTTP."""

    def __init__(self, message: str, *, reason: str = "invalidQuery") -> None:
        """Take the words of BigQuery and the reason: invalidQuery, invalid, notFound, duplicate, ..."""
        super().__init__(message)
        self.message = message
        self.reason = reason

    @property
    def status(self) -> int:
        """The status of HTTP that the reason has."""
        return _STATUS.get(self.reason, 400)


class UnsupportedSqlError(Exception):
    """A construct that BigQuery has, perhaps, and the embedded engine has not; named, never guessed at."""

    def __init__(self, construct: str) -> None:
        """Take the name of the construct."""
        super().__init__(
            f"mock_bigquery's embedded engine does not know {construct}: give the statement an answer with"
            " .answer(...), or run it on BigQuery"
        )
        self.construct = construct
