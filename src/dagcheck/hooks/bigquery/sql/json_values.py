"""JSON; GoogleSQL, JSON functions. A JSON is its text, as TO_JSON_STRING writes it."""

from __future__ import annotations

import json
import re
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError

_ABSENT = object()
_NAME = re.compile(r"\.([A-Za-z_]\w*)|\.\"((?:[^\"\\]|\\.)*)\"|\[\s*(\d+)\s*\]|\[\s*'([^']*)'\s*\]")


def load(text: str) -> Any:
    """Return a JSON as Python has it. What BigQuery might write otherwise than it was read is refused."""
    return json.loads(text, parse_constant=_no_constant, parse_float=_as_written, object_pairs_hook=_members)


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _as_written(text: str) -> float:
    if repr(float(text)) != text:
        raise UnsupportedSqlError(f"the number {text} in a JSON")
    return float(text)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise UnsupportedSqlError("a JSON object with two members of one name")
    return dict(pairs)


def parse(text: str) -> str:
    """PARSE_JSON: the text as BigQuery keeps it."""
    try:
        return dump(load(text))
    except ValueError as error:
        raise BigQueryError(f"syntax error while parsing value - invalid JSON: {text!r}") from error


def dump(value: Any) -> str:
    """Return the text of a JSON without blanks, its members in the order of their names (Data types, JSON)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def steps(path: str, *, legacy: bool = False) -> list[str | int]:
    """Return the names and numbers of a JSONPath; of the legacy functions, names are quoted in brackets."""
    if not path.startswith("$"):
        raise BigQueryError("JSONPath must start with '$'")
    found: list[str | int] = []
    position = 1
    while position < len(path):
        match = _NAME.match(path, position)
        if match is None or ((match[4] is not None) != legacy and (match[4] or match[2]) is not None):
            raise UnsupportedSqlError(f"the JSONPath {path}")
        if match[3] is not None:
            found.append(int(match[3]))
        else:
            found.append(next(group for group in (match[1], match[2], match[4]) if group is not None))
        position = match.end()
    return found


def at(value: Any, path: list[str | int]) -> Any:
    """Return what is at a path, or the object that stands for nothing."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                return _ABSENT
            value = value[step]
        elif not isinstance(value, dict) or step not in value:
            return _ABSENT
        else:
            value = value[step]
    return value


def _loaded(text: str) -> Any:
    try:
        return load(text)
    except ValueError:
        return _ABSENT  # a STRING that is no JSON: NULL


def _find(text: str, path: str, *, legacy: bool) -> Any:
    wanted = steps(path, legacy=legacy)
    value = _loaded(text)
    return value if value is _ABSENT else at(value, wanted)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def query(text: str, path: str) -> str | None:
    """JSON_QUERY: whatever is there, as JSON."""
    return _query(text, path, legacy=False)


def extract(text: str, path: str) -> str | None:
    """JSON_EXTRACT."""
    return _query(text, path, legacy=True)


def query_json(text: str, path: str) -> str | None:
    """JSON_QUERY of a JSON, of which null is a JSON too; of a STRING it is NULL."""
    return _query_json(text, path, legacy=False)


def extract_json(text: str, path: str) -> str | None:
    """JSON_EXTRACT of a JSON."""
    return _query_json(text, path, legacy=True)


def _query_json(text: str, path: str, *, legacy: bool) -> str | None:
    found = _find(text, path, legacy=legacy)
    return None if found is _ABSENT else dump(found)


def _query(text: str, path: str, *, legacy: bool) -> str | None:
    found = _find(text, path, legacy=legacy)
    return None if found is _ABSENT or found is None else _text(found)


def value(text: str, path: str = "$") -> str | None:
    """JSON_VALUE: a scalar, as a string."""
    return _scalar(_find(text, path, legacy=False))


def extract_scalar(text: str, path: str = "$") -> str | None:
    """JSON_EXTRACT_SCALAR."""
    return _scalar(_find(text, path, legacy=True))


def _scalar(found: Any) -> str | None:
    if found is _ABSENT or found is None or isinstance(found, (list, dict)):
        return None
    return found if isinstance(found, str) else _text(found)


def query_array(text: str, path: str = "$") -> list[str] | None:
    """JSON_QUERY_ARRAY."""
    found = _find(text, path, legacy=False)
    if isinstance(found, list) and None in found:
        raise UnsupportedSqlError("JSON_QUERY_ARRAY of an array with a null")
    return [_text(each) for each in found] if isinstance(found, list) else None


def value_array(text: str, path: str = "$") -> list[str | None] | None:
    """JSON_VALUE_ARRAY: NULL if an element is no scalar."""
    found = _find(text, path, legacy=False)
    if not isinstance(found, list) or any(isinstance(each, (list, dict)) for each in found):
        return None
    return [_scalar(each) for each in found]


def member(text: str, name: str) -> str | None:
    """json.name: NULL if there is no such member."""
    found = at(load(text), [name])
    return None if found is _ABSENT else dump(found)


def element(text: str, index: int) -> str | None:
    """json[index]: NULL if there is no such element."""
    found = at(load(text), [index]) if index >= 0 else _ABSENT
    return None if found is _ABSENT else dump(found)


def kind(text: str) -> str:
    """JSON_TYPE."""
    found = load(text)
    names = {bool: "boolean", str: "string", list: "array", dict: "object", type(None): "null"}
    return names.get(type(found), "number")


def to_string(text: str) -> str:
    """STRING(json)."""
    found: str = _as(text, str)
    return found


def to_int(text: str) -> int:
    """INT64(json)."""
    found = load(text)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int) or not -(2**63) <= found < 2**63:
        raise BigQueryError("The provided JSON input is not an integer")
    return found


def to_float(text: str) -> float:
    """FLOAT64(json)."""
    found = load(text)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise BigQueryError("The provided JSON input is not a number")
    return float(found)


def to_bool(text: str) -> bool:
    """BOOL(json)."""
    found: bool = _as(text, bool)
    return found


def _as(text: str, expected: type) -> Any:
    found = load(text)
    if not isinstance(found, expected):
        raise BigQueryError(f"The provided JSON input is not a {expected.__name__}")
    return found
