"""The translation of one statement: which rule translates which node, and what all rules need.

A node without a rule, or with a part that its rule does not know, is refused by its name: nothing is passed on to
DuckDB that this package has not looked at.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, Parameter, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import types, values
from dagcheck.hooks.bigquery.sql.catalog import Catalog
from dagcheck.hooks.bigquery.sql.database import Database
from dagcheck.hooks.bigquery.sql.parsing import POSITION
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import Typed, constant
from dagcheck.hooks.bigquery.sql.types import SqlType

_IGNORED = {"_type", "parens", "nested", "overlaps", "hint"}


@dataclass(frozen=True, slots=True)
class Rule:
    """How a node is translated, and the parts that it may have."""

    translate: Callable[..., Any]
    parts: frozenset[str]


def rule(translate: Callable[..., Any], *parts: str) -> Rule:
    """Return a rule for nodes that have no other parts than these."""
    return Rule(translate, frozenset(parts) | {f"{part}_" for part in parts})  # see parsing.part


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A translated query: its columns are called c0, c1, ... in DuckDB; `order` has what it is sorted by."""

    sql: str
    columns: tuple[Typed, ...]
    is_value_table: bool = False
    order: str = ""
    """For an aggregate over its rows, which are called {row}: ORDER BY of columns k0, k1, ... or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a statement is run with."""

    project: str
    dataset: str | None
    parameters: Sequence[Parameter] = ()
    now: datetime
    """The moment of CURRENT_TIMESTAMP(), in UTC without a zone; one for the statement."""
    variables: Mapping[str, Typed] = field(default_factory=dict)


class Compiler:
    """Translates the nodes of one statement."""

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        session: Session,
        rules: Mapping[type, Rule],
        queries: Mapping[type, Rule],
    ) -> None:
        """Take where functions are registered, where tables are found, and the rules by class of node."""
        self.database = database
        self.catalog = catalog
        self.session = session
        self._rules = rules
        self._queries = queries
        self._numbers = itertools.count()
        self.depth = 0
        self.temporary: list[str] = []
        """Tables that are dropped when the statement is done."""

    def expression(self, node: exp.Expression, scope: Scope) -> Typed:
        """Translate an expression."""
        found: Typed = _rule_of(self._rules, node).translate(self, node, scope)
        return found

    def query(self, node: exp.Expression, scope: Scope, *, ordered: bool = False) -> Query:
        """Translate a query; with `ordered`, its rows bring what they are sorted by."""
        found: Query = _rule_of(self._queries, node).translate(self, node, scope, ordered=ordered)
        return found

    def rows(self, node: exp.Expression) -> Query:
        """Translate a query whose rows leave SQL: a result, a table, a view."""
        found = self.query(node, Scope())
        if found.is_value_table:
            raise UnsupportedSqlError("SELECT AS STRUCT or AS VALUE as the whole of a statement")
        return found

    def for_view(self, dataset: str | None) -> Compiler:
        """Return a compiler for the query of a view that was written with a default dataset."""
        session = dataclasses.replace(self.session, dataset=dataset, parameters=(), variables={})
        inner = Compiler(self.database, self.catalog, session, self._rules, self._queries)
        inner._numbers = self._numbers
        inner.depth = self.depth + 1
        return inner

    def fresh(self, prefix: str = "r") -> str:
        """Return a name that nothing else in the statement has."""
        return f"{prefix}{next(self._numbers)}"

    def call(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Typed],
        gives: SqlType,
        *,
        nulls: bool = False,
        safe: bool = False,
    ) -> Typed:
        """Return the call of a function of Python; without `nulls`, NULL in means NULL out."""
        takes = [types.physical(argument.type) for argument in arguments]
        name = self.database.function(function, takes, types.physical(gives), nulls=nulls, safe=safe)
        # a bare NULL has no type, and an INTEGER literal a smaller one
        texts = ", ".join(f"CAST({each.sql} AS {take})" for each, take in zip(arguments, takes, strict=True))
        return Typed(f"{name}({texts})", gives)

    def named_parameter(self, name: str) -> Typed:
        """Return the parameter of @name."""
        number = name.removeprefix(POSITION)
        positional = [each for each in self.session.parameters if each.name is None]
        if number != name:
            if int(number) >= len(positional):
                raise BigQueryError(
                    "Query parameter number exceeds the number of positional parameters", reason="invalid"
                )
            return self._given(positional[int(number)])
        for parameter in self.session.parameters:
            if parameter.name is not None and parameter.name.lower() == name.lower():
                return self._given(parameter)
        raise BigQueryError(f"Query parameter '{name}' not found")

    @staticmethod
    def _given(parameter: Parameter) -> Typed:
        type_ = types.of_field(parameter.field)
        return constant(values.given(parameter.value, type_), type_)


def _rule_of(rules: Mapping[type, Rule], node: exp.Expression) -> Rule:
    found = rules.get(type(node))
    if found is None:
        raise UnsupportedSqlError(describe(node))
    check_parts(node, found.parts)
    return found


def check_parts(node: exp.Expression, known: frozenset[str] | set[str]) -> None:
    """Refuse a node that has a part which is not known."""
    for name, value in node.args.items():
        if name not in known and name not in _IGNORED and value not in (None, False, [], ""):
            raise UnsupportedSqlError(f"{describe(node)} with {name.strip('_').replace('_', ' ').upper()}")


def describe(node: exp.Expression) -> str:
    """Return the name of a construct as a reader of SQL knows it."""
    if isinstance(node, exp.Anonymous):
        return f"the function {str(node.this).upper()}"
    words = type(node).__name__
    return "".join(f" {letter}" if letter.isupper() and i else letter for i, letter in enumerate(words)).upper()
