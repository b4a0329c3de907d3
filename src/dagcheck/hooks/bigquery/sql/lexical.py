"""Literals of strings and bytes as they are written; GoogleSQL, Lexical structure.

What sqlglot makes of escape sequences differs between its versions, so that each literal is read again here.
"""

from __future__ import annotations

import re

from dagcheck.hooks.bigquery.results import BigQueryError

_PREFIX = re.compile(r"[rRbB]{0,2}")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|X[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.|$)", re.DOTALL)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", **{c: c for c in "\\?\"'`"}}


def text_of(written: str) -> str:
    """Return the text of a literal, prefix and quotes included; of bytes, each as the character of its number.

    Raises BigQueryError for an escape sequence that there is not.
    """
    prefix = _PREFIX.match(written)
    kind = prefix[0].lower() if prefix is not None else ""
    quoted = written[len(kind) :]
    quotes = 3 if quoted[:3] in {"'''", '"""'} and len(quoted) >= len("''''''") else 1
    inner = quoted[quotes:-quotes]
    if "b" in kind:
        inner = inner.encode().decode("latin-1")
    return inner if "r" in kind else _ESCAPE.sub(lambda found: _escaped(found[1], of_bytes="b" in kind), inner)


def _escaped(sequence: str, *, of_bytes: bool) -> str:
    if sequence in _SIMPLE:
        return _SIMPLE[sequence]
    if sequence[:1] in {"x", "X"} and len(sequence) > 1:
        return chr(int(sequence[1:], 16))
    if sequence.isdigit() and len(sequence) == len("000") and int(sequence, 8) <= 0xFF:
        return chr(int(sequence, 8))
    if sequence[:1] in {"u", "U"} and len(sequence) > 1 and not of_bytes and int(sequence[1:], 16) < 0x110000:
        return chr(int(sequence[1:], 16))
    raise BigQueryError(f"Syntax error: Illegal escape sequence: \\{sequence}")
