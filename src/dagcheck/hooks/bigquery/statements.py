"""What kind of statement a text is, by its first words: what an answer without an engine must know of it."""

from __future__ import annotations

import re

_COMMENTS = re.compile(r"\s*(?:--[^\n]*\n|#[^\n]*\n|/\*.*?\*/|\()", re.S)
_DDL = re.compile(r"(create|drop|alter)\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?(\w+)", re.I)
_WORDS = {"with": "SELECT", "from": "SELECT", "truncate": "TRUNCATE_TABLE", "declare": "SCRIPT", "begin": "SCRIPT",
          "set": "SCRIPT", "if": "SCRIPT", "while": "SCRIPT", "loop": "SCRIPT"}  # fmt: skip
DML = ("INSERT", "UPDATE", "DELETE", "MERGE")


def statement_type(sql: str) -> str:
    """Return the API's `statementType` of a statement."""
    text = sql
    while (found := _COMMENTS.match(text)) is not None:
        text = text[found.end() :]
    if (ddl := _DDL.match(text.lstrip())) is not None:
        name = f"{ddl[1]}_{ddl[2]}".upper()
        selects = name == "CREATE_TABLE" and re.search(r"\bas\s*\(?\s*(select|with)\b", text, re.I)
        return f"{name}_AS_SELECT" if selects else name
    word = re.match(r"\s*(\w*)", text)
    first = word[1].lower() if word else ""
    return _WORDS.get(first, first.upper() or "SELECT")
