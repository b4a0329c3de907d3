"""The types of the configuration's values: what each accepts, and in which form it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo

from dagcheck.connections import connection_text, kind_of, variable_text
from dagcheck.errors import UsageError
from dagcheck.hooks.tiers import checked, choices


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _mebibytes(value: object) -> object:
    units = {"mib": 1, "gib": 1024, "": 1}
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) *([a-z]*)", value.strip(), re.I) if isinstance(value, str) else None
    if found and found[2].lower() in units:
        return int(float(found[1]) * units[found[2].lower()])
    return value


def _texts_by(convert: Callable[[str, object], str]) -> Callable[[object], object]:
    """Return a function that converts every value of a table and tells all entries that are wrong."""

    def convert_all(table: object) -> object:
        if not isinstance(table, Mapping):
            return table
        wrong, right = [], {}
        for name, value in table.items():
            try:
                right[name] = convert(name, value)
            except ValueError as error:  # noqa: PERF203 - every wrong one is told
                wrong.append(f"{name}: {error}")
        if wrong:
            raise ValueError("; ".join(wrong))
        return right

    return convert_all


def _variable(_name: str, value: object) -> str:
    return variable_text(value)


def _environment(name: str, value: object) -> str:
    if not name or "=" in name or "\0" in name:
        raise ValueError("is not a name of an environment variable")
    if not isinstance(value, str):
        raise ValueError(f"expected a string, got {kind_of(value)}")  # noqa: TRY004 - pydantic turns only these into its own
    if "\0" in value:
        raise ValueError("holds a null byte")
    return value


def _host(text: object, info: ValidationInfo) -> object:
    """Refuse what could never match a host: URLs, ports out of range."""
    if not isinstance(text, str) or text == "*":
        return text
    found = re.fullmatch(r"(?:\[[0-9a-fA-F:.%\w]+\]|[^\s/:@\[\]]+)(?::([0-9]{1,5}))?|[0-9a-fA-F:.]+", text)
    if not found or not 0 < int(found[1] or 1) < 65536:  # noqa: PLR2004 - the ports of TCP
        raise ValueError(f'{info.field_name}: expected a host, "host:port" or "*", got {text!r}')
    return text


def _backend(value: object) -> object:
    try:
        if isinstance(value, str):
            return choices(value)
        return checked(value) if isinstance(value, Mapping) else value
    except UsageError as error:
        raise ValueError(f"backend: {error}") from None


def _pattern(text: object) -> object:
    if isinstance(text, str):
        try:
            re.compile(text)
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from None
    return text


Text = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]
Pattern = Annotated[Text, BeforeValidator(_pattern)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_one_or_many)]
Hosts = Annotated[tuple[Annotated[Text, BeforeValidator(_host)], ...], BeforeValidator(_one_or_many)]
Count = Annotated[int, Field(strict=True, ge=1)]
Slots = Annotated[int, Field(strict=True, ge=-1)]
Seconds = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Allowance = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Mebibytes = Annotated[int, Field(strict=True, ge=64), BeforeValidator(_mebibytes)]
Variables = Annotated[dict[str, str], BeforeValidator(_texts_by(_variable))]
Connections = Annotated[dict[str, str], BeforeValidator(_texts_by(connection_text))]
Backend = Annotated[dict[str, str], BeforeValidator(_backend)]
Environment = Annotated[dict[str, str], BeforeValidator(_texts_by(_environment))]
