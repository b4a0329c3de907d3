"""What is wrong with a configuration, in words: one text per problem, never the value of a secret."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagcheck.config_sources import FILE, Values
from dagcheck.connections import kind_of
from dagcheck.errors import unknown
from dagcheck.findings import Level

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    Fields = Mapping[str, FieldInfo]

_SECRET = ("variables", "connections", "environment")
_LONGEST = 60


def unknown_keys(values: Values, known: Collection[str]) -> list[str]:
    """Return a problem for each key that there is not."""
    return [place(values, key) + unknown("key", key, known) for key in values.raw if key not in known]


def unknown_checks(values: Values, checks: Collection[str] | None) -> list[str]:
    """Return a problem for each name in `levels` and `ignore` that is no check's; without checks, none."""
    return [
        f"{place(values, key, name)}{key}: {unknown('check', name, checks)}"
        for key, name in _named_checks(values.raw)
        if checks is not None and name not in checks
    ]


def _named_checks(raw: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield key and name of each check named; what has the wrong type is left for validation."""
    levels, rules = raw.get("levels"), raw.get("ignore")
    for name in levels if isinstance(levels, Mapping) else ():
        yield "levels", name
    for rule in rules if isinstance(rules, list) else ():
        named = rule.get("check") if isinstance(rule, Mapping) else None
        for name in [named] if isinstance(named, str) else named if isinstance(named, list) else ():
            if isinstance(name, str):
                yield "ignore", name


def problems_of(error: ValidationError, values: Values, fields: Fields, tables: Mapping[str, Fields]) -> list[str]:
    """Return one problem for each of pydantic's errors in a Config; `tables` are the fields of keys that are tables."""
    problems = []
    for detail in error.errors(include_url=False):
        loc = detail["loc"]
        inner = [str(part) for part in loc[1:] if not isinstance(part, int)]  # an entry of a list of tables is numbered
        within = tables.get(str(loc[0])) if inner else None
        told = _tell(detail, values, within or fields, inner[0] if within else str(loc[0]))
        problems.append(place(values, *loc) + told)
    return problems


def place(values: Values, *loc: int | str) -> str:
    """Return how a problem with the value at `loc` begins: the option, or the table of the file, that set it."""
    dotted = ".".join(str(part) for part in loc[:2])
    origin = values.origins.get(dotted) or values.origins.get(str(loc[0]), FILE)
    return f"{FILE}: [tool.dagcheck] " if origin == FILE else f"{origin}: "


def _tell(detail: ErrorDetails, values: Values, fields: Fields, name: str) -> str:
    """Say what one error is about; `name` is the key, or the key within a rule, looked up in `fields`."""
    loc = detail["loc"]
    where = str(loc[0]) + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc[1:])
    given = _given(values.raw, loc)
    if detail["type"] == "extra_forbidden":
        return f"{where}: {unknown('key', name, fields)}"
    if detail["type"] == "value_error":
        said = str(detail["ctx"]["error"])
        return said if said.startswith(str(loc[0])) else f"{where}.{said}"
    if detail["type"] == "enum":
        return f"{where}: {unknown('level', str(given), [level.value for level in Level])}"
    if detail["type"] == "missing":
        return f"{where}: missing; expected {fields[name].description}"
    return f"{where}: expected {fields[name].description}, got {_shown(given, secret=loc[0] in _SECRET)}"


def _given(raw: Any, loc: Sequence[int | str]) -> Any:
    """Return the raw value at `loc`, or the one around it where the value was given in a shorter form."""
    for part in loc:
        if part in raw if isinstance(raw, Mapping) else isinstance(raw, list) and isinstance(part, int):
            raw = raw[part]
    return raw


def _shown(value: object, *, secret: bool) -> str:
    if secret or isinstance(value, (Mapping, list, tuple)):
        return kind_of(value)
    text = repr(value)
    return f"{kind_of(value)}: {text if len(text) <= _LONGEST else text[:_LONGEST] + '...'}"
