"""GoogleSQL in process and offline: parsed by sqlglot, checked against BigQuery's rules, run by DuckDB."""

from dagcheck.hooks.bigquery.sql.engine import Engine

__all__ = ["Engine"]
