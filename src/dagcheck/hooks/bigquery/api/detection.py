"""Schemas that BigQuery detects in files.

https://cloud.google.com/bigquery/docs/schema-detect. What that page leaves open is refused: the job needs a schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dagcheck.hooks.bigquery.api.errors import invalid
from dagcheck.hooks.bigquery.results import Field

_FORMS = (
    ("BOOLEAN", re.compile(r"true|false", re.I)),
    ("INTEGER", re.compile(r"[-+]?\d{1,18}")),
    ("FLOAT", re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+)(e[-+]?\d+)?", re.I)),
    ("DATE", re.compile(r"\d{4}-\d{1,2}-\d{1,2}")),
    (
        "TIMESTAMP",
        re.compile(r"\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?( ?UTC|Z|[-+]\d\d:\d\d)", re.I),
    ),
)
_OPEN = re.compile(r"\d{4}-\d\d?-\d\d?[ T]\d\d?:.*|\d\d?:\d\d.*|\d{1,4}[/.]\d\d?[/.]\d{1,4}.*")
_PREFIXES = {"INTEGER": "int64", "FLOAT": "double", "BOOLEAN": "bool"}


def of_csv(rows: Sequence[Sequence[str]], skip: int | None) -> tuple[tuple[Field, ...], int]:
    """Return the columns of a CSV file, and how many rows come before the data.

    The row at `skip` (the first one, if that is not given) is a header if it has texts alone, but other rows do not.
    With 0 there is none.
    """
    at = 0 if skip is None else max(skip - 1, 0)
    head, rest = rows[at : at + 1], rows[at + 1 :]
    if not head:
        raise invalid("The file has no row to detect a schema in")
    kinds = [_kind([row[place] for row in rest if place < len(row)]) for place in range(len(head[0]))]
    plain = all(_kind([text]) == "STRING" for text in head[0])
    if skip != 0 and plain and any(kind != "STRING" for kind in kinds):
        return tuple(Field(name=_name(n), type=kind) for n, kind in zip(head[0], kinds, strict=True)), at + 1
    if not skip:
        kinds = [_kind([row[place] for row in rows if place < len(row)]) for place in range(len(head[0]))]
    fields = [Field(name=f"{_PREFIXES.get(k, k.lower())}_field_{n}", type=k) for n, k in enumerate(kinds)]
    return tuple(fields), skip or 0


def of_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Return the columns of rows of JSON."""
    names = dict.fromkeys(name for row in rows for name in row)
    return tuple(_column(name, [row.get(name) for row in rows]) for name in names)


def _column(name: str, values: Sequence[Any]) -> Field:
    known = [value for value in values if value is not None]
    if any(isinstance(value, list) for value in known):
        inner = _column(
            name, [element for value in known for element in (value if isinstance(value, list) else [value])]
        )
        return Field(name=name, type=inner.type, mode="REPEATED", fields=inner.fields)
    if any(isinstance(value, Mapping) for value in known):
        if not all(isinstance(value, Mapping) for value in known):
            raise invalid(f"Field {name} has objects and single values: no schema can be detected")
        return Field(name=name, type="RECORD", fields=of_json(known))
    if any(isinstance(value, str) for value in known):
        return Field(name=name, type=_of_texts(name, known))
    kinds = {{bool: "BOOLEAN", int: "INTEGER", float: "FLOAT"}[type(value)] for value in known}
    if len(kinds) > 1 and kinds != {"INTEGER", "FLOAT"}:
        return Field(name=name, type="STRING")
    return Field(name=name, type="FLOAT" if "FLOAT" in kinds else next(iter(kinds), "STRING"))


def _of_texts(name: str, values: Sequence[Any]) -> str:
    kind = _kind([str(value) for value in values])
    if kind in {"INTEGER", "FLOAT", "BOOLEAN"}:
        raise invalid(f"mock_bigquery does not detect the type of {name}, numbers or booleans in quotes: give a schema")
    return kind


def _kind(texts: Sequence[str]) -> str:
    known = [text.strip() for text in texts if text.strip()]
    kinds = {next((kind for kind, form in _FORMS if form.fullmatch(text)), "STRING") for text in known}
    if kinds == {"STRING"} and all(_OPEN.fullmatch(text) for text in known):
        raise invalid(f"mock_bigquery does not detect the type of {known[0]!r}: give a schema")
    if kinds == {"INTEGER", "FLOAT"}:
        return "FLOAT"
    return next(iter(kinds)) if len(kinds) == 1 else "STRING"


def _name(text: str) -> str:
    """Return a header as a column's name: other characters become underscores."""
    name = re.sub(r"\W", "_", text.strip(), flags=re.A)
    return f"_{name}" if name[:1].isdecimal() else name
