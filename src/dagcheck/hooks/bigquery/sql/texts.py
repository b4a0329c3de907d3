"""What string functions do that DuckDB's do otherwise; GoogleSQL, String functions."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError

_WORD_BREAKS = ' \t\n\v\f\r[](){}/|\\<>!?@"^#$&~_,.:;*%+-'
_BLANK = "".join(chr(code) for code in range(0x3001) if chr(code).isspace() and code not in range(0x1C, 0x20))


def substring(text: Any, position: int, length: int | None = None) -> Any:
    """SUBSTR of a STRING or BYTES: positions from 1, negative ones from the end."""
    if length is not None and length < 0:
        raise BigQueryError("Third argument in SUBSTR() cannot be negative")
    start = position - 1 if position > 0 else max(len(text) + position, 0) if position < 0 else 0
    return text[start:] if length is None else text[start : start + length]


def left(text: Any, length: int) -> Any:
    """LEFT."""
    return text[: _not_negative(length, "LEFT")]


def right(text: Any, length: int) -> Any:
    """RIGHT."""
    return text[-length:] if _not_negative(length, "RIGHT") else text[:0]


def _not_negative(length: int, name: str) -> int:
    if length < 0:
        raise BigQueryError(f"Second argument in {name}() cannot be negative")
    return length


def pad_left(text: str, length: int, pattern: str = " ") -> str:
    """LPAD: a text that is longer is cut."""
    return _padding(text, length, pattern, "LPAD") + text[:length]


def pad_right(text: str, length: int, pattern: str = " ") -> str:
    """RPAD: a text that is longer is cut."""
    return text[:length] + _padding(text, length, pattern, "RPAD")


def _padding(text: str, length: int, pattern: str, name: str) -> str:
    if not pattern or length < 0:
        raise BigQueryError(f"{name}: length cannot be negative, and pattern cannot be empty")
    missing = max(length - len(text), 0)
    return (pattern * (missing // len(pattern) + 1))[:missing]


def repeat(text: str, count: int) -> str:
    """REPEAT."""
    return text * _not_negative(count, "REPEAT")


def joined(items: list[str | None], delimiter: str, null: str | None = None) -> str:
    """ARRAY_TO_STRING: without a text for NULLs, they are passed over."""
    return delimiter.join(
        each if each is not None else null or "" for each in items if each is not None or null is not None
    )


def split(text: str, delimiter: str = ",") -> list[str]:
    """SPLIT: of an empty text one empty part; by an empty delimiter, the characters."""
    if not delimiter:
        return list(text) or [""]
    return text.split(delimiter)


def instr(text: str, sought: str, position: int = 1, occurrence: int = 1) -> int:
    """INSTR: the position from 1 of an occurrence, 0 if there is none; a negative position searches backwards."""
    if position == 0 or occurrence <= 0:
        raise BigQueryError("INSTR: position cannot be 0, and occurrence must be positive")
    if not sought:
        return 0
    found = _instr_forwards(text, sought, position - 1, occurrence)
    if position < 0:
        found = _instr_backwards(text, sought, len(text) + position, occurrence)
    return found + 1


def _instr_forwards(text: str, sought: str, start: int, occurrence: int) -> int:
    found = text.find(sought, start) if start >= 0 else -1
    while found >= 0 and occurrence > 1:
        found, occurrence = text.find(sought, found + 1), occurrence - 1
    return found


def _instr_backwards(text: str, sought: str, start: int, occurrence: int) -> int:
    found = text.rfind(sought, 0, start + len(sought)) if start >= 0 else -1
    while found > 0 and occurrence > 1:
        found, occurrence = text.rfind(sought, 0, found + len(sought) - 1), occurrence - 1
    return found if occurrence == 1 else -1


def trim(text: str, characters: str = _BLANK) -> str:
    """TRIM."""
    return text.strip(characters) if characters else text


def trim_left(text: str, characters: str = _BLANK) -> str:
    """LTRIM."""
    return text.lstrip(characters) if characters else text


def trim_right(text: str, characters: str = _BLANK) -> str:
    """RTRIM."""
    return text.rstrip(characters) if characters else text


def initcap(text: str) -> str:
    """INITCAP: a word begins after one of the default delimiters."""
    words = re.split(f"([{re.escape(_WORD_BREAKS)}])", text)
    return "".join(word[:1].upper() + word[1:].lower() for word in words)


def upper(text: str) -> str:
    """UPPER."""
    return _of_one_length(text, text.upper())


def lower(text: str) -> str:
    """LOWER."""
    return _of_one_length(text, text.lower())


def _of_one_length(text: str, changed: str) -> str:
    if len(changed) != len(text):
        raise UnsupportedSqlError(f"the case of {text!r}, one of whose letters becomes several")
    return changed


def reverse(text: Any) -> Any:
    """REVERSE of a STRING, by code points, or BYTES."""
    return text[::-1]


def translate(text: str, old: str, new: str) -> str:
    """TRANSLATE."""
    if len(set(old)) < len(old):
        raise BigQueryError("Duplicate character in source characters of TRANSLATE")
    return text.translate({ord(char): new[i] if i < len(new) else None for i, char in enumerate(old)})


def code_points(text: str) -> list[int]:
    """TO_CODE_POINTS."""
    return [ord(char) for char in text]


def from_code_points(points: list[int]) -> str:
    """CODE_POINTS_TO_STRING."""
    try:
        return "".join(chr(point) for point in points)
    except (ValueError, OverflowError) as error:
        raise BigQueryError("Invalid codepoint") from error


def to_hex(value: bytes) -> str:
    """TO_HEX."""
    return value.hex()


def from_hex(text: str) -> bytes:
    """FROM_HEX: an odd number of digits has a 0 in front."""
    try:
        return bytes.fromhex(text.zfill(len(text) + len(text) % 2)) if " " not in text else _bad(text)
    except ValueError as error:
        raise BigQueryError(f"Failed to decode invalid hexadecimal string: {text}") from error


def _bad(text: str) -> bytes:
    raise ValueError(text)


def to_base64(value: bytes) -> str:
    """TO_BASE64."""
    return base64.b64encode(value).decode()


def from_base64(text: str) -> bytes:
    """FROM_BASE64."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise BigQueryError(f"Failed to decode invalid base64 string: {text}") from error


def md5(value: str | bytes) -> bytes:
    """MD5."""
    return hashlib.md5(_bytes(value), usedforsecurity=False).digest()


def sha1(value: str | bytes) -> bytes:
    """SHA1."""
    return hashlib.sha1(_bytes(value), usedforsecurity=False).digest()


def sha256(value: str | bytes) -> bytes:
    """SHA256."""
    return hashlib.sha256(_bytes(value)).digest()


def sha512(value: str | bytes) -> bytes:
    """SHA512."""
    return hashlib.sha512(_bytes(value)).digest()


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
