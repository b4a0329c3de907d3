"""The table of GoogleSQL statements that the embedded engine of mock_bigquery is held to.

Each statement names the page of BigQuery's documentation from which its result was derived, never from a run. Its
outcome is `rows` (all of them, as texts), `affected` rows and then the rows of `then`, the words of an `error` that
BigQuery sends too, or what is `refused` by name.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

FOLDER = Path(__file__).parents[1] / "unit" / "hooks" / "bigquery" / "googlesql"
FAMILIES = ("queries", "aggregates", "dates", "functions", "statements")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement and its outcome."""

    family: str
    construct: str
    page: str
    sql: str
    given: str = ""
    then: str | None = None
    parameters: list[dict[str, Any]] = field(default_factory=list)
    columns: str | None = None
    rows: list[list[str]] | None = None
    affected: int | None = None
    error: str | None = None
    refused: str | None = None

    @property
    def outcome(self) -> str:
        """Right, an error as BigQuery's, or refused."""
        return "refused" if self.refused else "error, as BigQuery's" if self.error else "right"


@functools.cache
def title(family: str) -> str:
    """Return the heading of a family."""
    return str(_document(family)["title"])


@functools.cache
def _document(family: str) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((FOLDER / f"{family}.toml").read_text(encoding="utf-8"))
    return found


def statements(family: str) -> Iterator[Statement]:
    """Yield the statements of a family."""
    document = _document(family)
    for each in document["statement"]:
        yield Statement(family=family, given=document.get("given", ""), **each)


def text_of(value: Any) -> str:
    """Return a value of a result as the table has it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        return f"[{', '.join(text_of(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {text_of(each)}' for name, each in value.items())}}}"
    return "''" if value == "" else str(value)
