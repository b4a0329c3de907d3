"""Data-quality checks as tasks, so that every DAG asks in the same way; see components/orders_warehouse.py (E5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.providers.common.sql.operators.sql import SQLCheckOperator

NOT_EMPTY = "count(*) > 0"


def no_nulls(column: str) -> str:
    """Return the condition that a column has a value in every row."""
    return f"count(*) = count({column})"


def unique(column: str) -> str:
    """Return the condition that no value of a column stands twice."""
    return f"count({column}) = count(DISTINCT {column})"


def sql_check(name: str, condition: str, *, table: str, where: str, conn_id: str, **options: Any) -> SQLCheckOperator:
    """Return the task `check_<name>`, which fails unless the condition holds.

    `condition` is about all rows that `where` selects, with aggregates: `count(*) > 0`. The operator passes if every
    value of the query's first row is true, so a query that counts mistakes (`SELECT count(*) ... IS NULL`) would pass
    exactly when there are some; a condition cannot be turned around by mistake.
    """
    sql = f"SELECT {condition} FROM {table} WHERE {where}"  # noqa: S608 -- the DAG's own text
    return SQLCheckOperator(task_id=f"check_{name}", sql=sql, conn_id=conn_id, **options)


def sql_checks(
    conditions: Mapping[str, str], *, table: str, where: str, conn_id: str, **options: Any
) -> list[SQLCheckOperator]:
    """Return one check for each named condition, independent of each other: all that is wrong is told at once."""
    return [
        sql_check(name, condition, table=table, where=where, conn_id=conn_id, **options)
        for name, condition in conditions.items()
    ]
