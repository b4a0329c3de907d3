"""The functions that are plain calls: their arguments, their type and what they are, as data.

A signature is written as the documentation has it: `STRING, INT64, [INT64] -> STRING`. T is any one type for all that
are called so, N a number, ANY whatever; `...` repeats the last argument. What follows is a text for DuckDB, with {0},
or a function of Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import types
from dagcheck.hooks.bigquery.sql.compiler import Compiler
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, coerces, common
from dagcheck.hooks.bigquery.sql.types import SqlType

Meaning = str | Callable[..., Any]
_NUMBERS = {"INT64", "NUMERIC", "FLOAT64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One way to call a function."""

    takes: tuple[str, ...]
    least: int
    repeats: bool
    gives: str
    meaning: Meaning
    total: bool
    """Whether it cannot fail, so that SAFE. changes nothing."""


def signature(text: str, meaning: Meaning, *, total: bool = False) -> Signature:
    """Read a signature; `total`: a text that cannot fail."""
    arguments, _, gives = text.partition("->")
    takes = [each.strip() for each in re.split(r",(?![^<]*>)", arguments) if each.strip()]
    repeats = bool(takes) and takes[-1] == "..."
    takes = takes[:-1] if repeats else takes
    least = sum(not each.startswith("[") for each in takes)
    bare = tuple(each.strip("[]") for each in takes)
    return Signature(takes=bare, least=least, repeats=repeats, gives=gives.strip(), meaning=meaning, total=total)


def call(compiler: Compiler, name: str, ways: Sequence[Signature], arguments: Sequence[Typed], *, safe: bool) -> Typed:
    """Return the call of a function with the first signature that fits, best without coercion."""
    for exactly in (True, False):
        for way in ways:
            found = _fit(way, arguments, name, exactly=exactly)
            if found is not None:
                return _call(compiler, name, way, found, safe=safe)
    if not any(way.least <= len(arguments) <= (1000 if way.repeats else len(way.takes)) for way in ways):
        raise UnsupportedSqlError(f"{name} with {len(arguments)} arguments")
    if any(argument.type.kind in {"ARRAY", "BYTES", "JSON", "STRUCT"} for argument in arguments):
        raise UnsupportedSqlError(f"{name} of {', '.join(str(argument.type) for argument in arguments)}")
    shown = ", ".join(str(argument.type) for argument in arguments)
    raise BigQueryError(f"No matching signature for function {name} for argument types: {shown}")


def _fit(way: Signature, arguments: Sequence[Typed], name: str, *, exactly: bool) -> tuple[list[Typed], SqlType] | None:
    takes = list(way.takes)
    if way.repeats:
        takes += [takes[-1]] * (len(arguments) - len(takes))
    if not way.least <= len(arguments) <= len(takes):
        return None
    bound = _bind(takes, arguments, name)
    if bound is None:
        return None
    fitted = []
    for take, argument in zip(takes, arguments, strict=False):
        wanted = _type(take, bound, argument)
        if wanted is None or (exactly and argument.type not in {wanted, types.NULL}) or not coerces(argument, wanted):
            return None
        fitted.append(coerced(argument, wanted))
    gives = _type(way.gives, bound, None)
    return (fitted, gives) if gives is not None else None


def _bind(takes: Sequence[str], arguments: Sequence[Typed], name: str) -> SqlType | None:
    """Return what T and N are, NULL if nothing says it; None if the arguments contradict each other."""
    bound = []
    for take, argument in zip(takes, arguments, strict=False):
        if take in {"T", "N"}:
            bound.append(argument)
        elif take == "ARRAY<T>" and argument.type.element is not None:
            bound.append(Typed("", argument.type.element))
    if not bound:
        return types.NULL
    try:
        found = common(bound, f"function {name}")
    except BigQueryError:
        return None
    if "N" in takes and found.kind not in _NUMBERS | {"NULL"}:
        return None
    return types.INT64 if found == types.NULL else found


def _type(written: str, bound: SqlType, argument: Typed | None) -> SqlType | None:
    if written == "ANY":
        return argument.type if argument is not None else None
    if written in {"T", "N"}:
        return bound
    if written == "ARRAY<T>":
        return types.array(bound) if bound.element is None else None
    if written.startswith("ARRAY<"):
        return types.array(types.SCALARS[written[6:-1]])
    return types.SCALARS[written]


def _call(compiler: Compiler, name: str, way: Signature, fitted: tuple[list[Typed], SqlType], *, safe: bool) -> Typed:
    arguments, gives = fitted
    if not isinstance(way.meaning, str):
        return compiler.call(way.meaning, arguments, gives, safe=safe)
    if safe and not way.total:
        raise UnsupportedSqlError(f"SAFE.{name}")
    texts = [f"({argument.sql})" for argument in arguments]
    return Typed(f"({way.meaning.format(*texts, all=', '.join(texts))})", gives)
