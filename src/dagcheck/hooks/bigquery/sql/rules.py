"""All rules of the translation, of expressions and of queries; a node that is not here is refused."""

from __future__ import annotations

from collections.abc import Mapping

from dagcheck.hooks.bigquery.sql import arithmetic, dates, expressions, functions, operators, queries, windows
from dagcheck.hooks.bigquery.sql.compiler import Rule

RULES: Mapping[type, Rule] = {
    **expressions.RULES,
    **arithmetic.RULES,
    **operators.RULES,
    **dates.RULES,
    **functions.RULES,
    **windows.RULES,
}
QUERIES = queries.QUERIES
