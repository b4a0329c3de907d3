"""Writes docs/googlesql.md: which GoogleSQL the embedded engine of mock_bigquery runs, refuses, fails as BigQuery does.

    PYTHONPATH=tests/shared python tools/make_bigquery_table.py

The statements and their outcomes are those of tests/unit/hooks/bigquery/googlesql, which are a test; another test sees
to it that the page is what this writes.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator
from pathlib import Path

import googlesql

PAGE = Path(__file__).parents[1] / "docs" / "googlesql.md"
_HEAD = """# GoogleSQL in `mock_bigquery`

The embedded tier runs GoogleSQL in the test's own process, offline: sqlglot parses it, rules of this project check and
translate it, DuckDB runs it. It works with a list of what is known to be right: **a construct, function, type or option
that is not on the list is refused by its name** (`UnsupportedSqlError`), and so is a value of which the documentation
leaves open what BigQuery makes. Give such a statement an answer with `.answer(...)`.

Each row of the tables below is a statement of the test suite. Its result was derived from the page of BigQuery's
documentation that it names. *Right*: the rows, and where it matters the types, are those of the documentation.
*Error*: BigQuery refuses the statement too, with these words. *Refused*: this engine does not run it.

What no test here can show: limits and quotas, costs, permissions, the exact words of every error, and the order of rows
without ORDER BY. What BigQuery refuses and this engine may let pass: a query without the partition filter that a table
requires, a FLOAT64 parameter where a NUMERIC is needed, comparisons chained without parentheses.

FLOAT64 has no NaN here: it is refused when it arises. BIGNUMERIC, GEOGRAPHY, INTERVAL and RANGE are refused as types of
values, and so are the lengths of STRING(n) and NUMERIC(p, s), user-defined functions, procedures, transactions over
several statements, and pipe syntax. APPROX_COUNT_DISTINCT and APPROX_QUANTILES are exact.
"""


def page() -> str:
    """Return the text of the page."""
    return "\n".join([_HEAD, *_summary(), *(line for family in googlesql.FAMILIES for line in _family(family))]) + "\n"


def _summary() -> Iterator[str]:
    every = [each for family in googlesql.FAMILIES for each in googlesql.statements(family)]
    counts = collections.Counter(each.outcome for each in every)
    yield (
        f"{len(every)} statements: "
        + ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        + "."
    )


def _family(family: str) -> Iterator[str]:
    yield f"\n## {googlesql.title(family)}\n"
    yield "| Construct | Documentation | Outcome |"
    yield "|---|---|---|"
    for each in googlesql.statements(family):
        words = {"right": "right", "refused": f"refused: {each.refused}"}.get(each.outcome, f"error: {each.error}")
        yield f"| {_cell(each.construct)} | {_cell(each.page)} | {_cell(words)} |"


def _cell(text: str) -> str:
    for sign in "\\|*_<[`":
        text = text.replace(sign, f"\\{sign}")
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
