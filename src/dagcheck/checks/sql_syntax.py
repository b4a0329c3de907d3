"""Reports SQL that does not parse."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable, Iterator

from dagcheck.checks.problems import finding, of_kinds
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import name, one_line
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord, Problem

Parse = Callable[[str, str], "str | None"]
# By the type of a Connection, as sqlglot calls them.
_DIALECTS = {
    "athena": "athena",
    "clickhouse": "clickhouse",
    "databricks": "databricks",
    "duckdb": "duckdb",
    "gcpbigquery": "bigquery",
    "google_cloud_platform": "bigquery",
    "hive_cli": "hive",
    "hiveserver2": "hive",
    "mssql": "tsql",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgres": "postgres",
    "postgresql": "postgres",
    "presto": "presto",
    "redshift": "redshift",
    "snowflake": "snowflake",
    "spark_sql": "spark",
    "sqlite": "sqlite",
    "trino": "trino",
}
_BOUND = re.compile(r"%(?:\(\w+\))?s")  # what drivers of the DB-API fill in


@check("sql-syntax", Level.OFF, "Templates", "file")
def sql_syntax(record: FileRecord, settings: Settings) -> Iterator[Finding]:
    """SQL must parse in the dialect of its database.

    Looked at are the arguments that an operator calls SQL, rendered, also from `.sql` files. The dialect is that of the
    operator's package (BigQuery, Snowflake ...), else of the type of its Connection, which must be declared. It is
    sqlglot that parses: without it, without a dialect, or where a template asks for more than dates and params, nothing
    is said. What sqlglot does not know is not always wrong: this check is off until it gets a level.

    Why: The task fails in every run, and a failed statement in the middle of others leaves them half done.

    Fix: Correct the statement at the place that is shown.

    Bad:
        SQLExecuteQueryOperator(task_id="load", conn_id="db", sql="SELECT a, FROM sales WHERE day '{{ ds }}'")

    Good:
        SQLExecuteQueryOperator(task_id="load", conn_id="db", sql="SELECT a FROM sales WHERE day = '{{ ds }}'")
    """
    for problem, dag, task in of_kinds(record, "sql"):
        dialect = _dialect(problem, settings)
        fault = _parser()(problem.detail, dialect) if dialect else None
        if fault:
            yield finding(
                "sql-syntax",
                dag,
                task,
                what=f"{name(problem.argument)} is no SQL of {dialect}: {one_line(fault)}",
                why="the task fails in every run",
                fix="correct the statement",
            )


def _dialect(problem: Problem, settings: Settings) -> str:
    dialect, conn_id = (*problem.more, "", "")[:2]
    found = dialect or _DIALECTS.get(settings.connection_types.get(conn_id, ""), "")
    return found if found in _DIALECTS.values() else ""


@functools.cache
def _parser() -> Parse:
    """Return what tells why a text does not parse, None if it does; without sqlglot it never tells anything."""
    try:
        import sqlglot
    except ImportError:
        return lambda _sql, _dialect: None
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of statements that it leaves unparsed

    def fault(sql: str, dialect: str) -> str | None:
        try:
            sqlglot.parse(_BOUND.sub("(1)", sql), dialect=dialect)
        except sqlglot.errors.SqlglotError as error:
            first: dict[str, object] = next(iter(getattr(error, "errors", ())), {})
            if not first:
                return str(error)
            return f"{first['description']} at {first['highlight']!r} in line {first['line']}".replace(". at", " at")
        except RecursionError:
            pass  # too deep for the parser is not wrong
        return None

    return fault
