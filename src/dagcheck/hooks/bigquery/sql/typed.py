"""An expression after translation: its text for DuckDB and its type; how one becomes one of another type."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import types, values
from dagcheck.hooks.bigquery.sql.types import SqlType


class NoConstant:
    """Stands for the value of an expression that is no literal."""


NO_CONSTANT = NoConstant()


@dataclass(frozen=True, slots=True)
class Typed:
    """A translated expression."""

    sql: str
    type: SqlType
    name: str | None = None
    """What a column is called that is this expression and has no alias."""
    constant: Any = NO_CONSTANT
    """The value of a literal or a parameter."""

    @property
    def is_constant(self) -> bool:
        """Whether the value is known without running anything."""
        return self.constant is not NO_CONSTANT

    def unnamed(self) -> Typed:
        """Return it without its name."""
        return dataclasses.replace(self, name=None)


def constant(value: Any, type_: SqlType) -> Typed:
    """Return a value as an expression."""
    return Typed(values.literal(value, type_), type_, constant=value)


NULL = Typed("NULL", types.NULL, constant=None)


_LITERALS = {("FLOAT64", "NUMERIC"), *(("STRING", kind) for kind in ("DATE", "DATETIME", "TIME", "TIMESTAMP"))}


def coerces(source: Typed, target: SqlType) -> bool:
    """Tell whether the expression becomes one of `target` without a CAST; of constants, strings become dates too."""
    if types.coerces(source.type, target):
        return True
    if source.is_constant and source.constant == [] and target.element is not None:
        return True  # [] is of any type
    # GoogleSQL, Conversion rules: literal coercion, parameter coercion
    return source.is_constant and (source.type.kind, target.kind) in _LITERALS


def coerced(source: Typed, target: SqlType, where: str = "expression") -> Typed:
    """Return the expression as one of `target`; BigQueryError if that takes a CAST."""
    if source.type == target:
        return source
    if not coerces(source, target):
        raise BigQueryError(f"{where} has type {source.type} which cannot be coerced to {target}")
    if source.is_constant and (source.constant in (None, []) or (source.type.kind, target.kind) in _LITERALS):
        return constant(_literal_as(source, target), target)
    if types.same(source.type, target):
        return dataclasses.replace(source, type=target)
    return dataclasses.replace(source, sql=f"CAST({source.sql} AS {types.physical(target)})", type=target)


def _literal_as(source: Typed, target: SqlType) -> Any:
    if source.constant in (None, []):
        return source.constant
    if target == types.NUMERIC:
        return values.numeric(Decimal(repr(source.constant)))
    return values.from_text(source.constant, target)


def common(expressions: Iterable[Typed], where: str) -> SqlType:
    """Return the type that all of these become; BigQueryError if there is none."""
    several = list(expressions)
    if types.NUMERIC in [each.type for each in several] and any(_is_float(each) for each in several):
        raise UnsupportedSqlError(f"{where} of a NUMERIC and a FLOAT64 literal (write NUMERIC '0.1')")
    found = types.supertype(each.type for each in several if not _is_text(each)) or types.NULL
    if found == types.NULL:
        found = types.supertype(each.type for each in several) or types.NULL
    if not all(coerces(each, found) for each in several) or (found == types.NULL and _has_type(several)):
        shown = ", ".join(str(each.type) for each in several)
        raise BigQueryError(f"No matching signature for {where} for argument types: {shown}")
    return found


def _is_text(expression: Typed) -> bool:
    return expression.is_constant and expression.type.kind == "STRING"


def _is_float(expression: Typed) -> bool:
    return expression.is_constant and expression.type == types.FLOAT64


def _has_type(expressions: Iterable[Typed]) -> bool:
    return any(each.type != types.NULL for each in expressions)


def no_signature(what: str, *operands: Typed) -> BigQueryError:
    """Return the error of arguments that are of the wrong types."""
    shown = ", ".join(str(operand.type) for operand in operands)
    return BigQueryError(f"No matching signature for {what} for argument types: {shown}")
