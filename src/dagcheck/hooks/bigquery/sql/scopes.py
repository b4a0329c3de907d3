"""Names: what a name in an expression is, in the FROM clause around it, above it, and in the script."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import types
from dagcheck.hooks.bigquery.sql.typed import Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What stands in a FROM clause under one alias."""

    alias: str | None
    columns: tuple[Typed, ...]
    """Each with its name; unnamed ones cannot be referred to."""
    hidden: tuple[Typed, ...] = ()
    """Pseudo-columns: found by name, not by *."""
    value: Typed | None = None
    """What the alias itself is, where the rows are values (UNNEST, SELECT AS STRUCT)."""
    outer: bool = False
    """Whether a join may fill it with NULLs."""

    def row(self) -> Typed:
        """Return the whole row as a value."""
        if self.value is not None:
            return self.value
        if not self.columns:
            raise UnsupportedSqlError("a whole row of INFORMATION_SCHEMA")
        if self.outer:
            raise UnsupportedSqlError("the whole row of a table that an outer join may fill with NULLs")
        packed = ", ".join(f"f{i} := {column.sql}" for i, column in enumerate(self.columns))
        type_ = types.struct((column.name, column.type) for column in self.columns)
        return Typed(f"struct_pack({packed})", type_)

    def named(self, name: str) -> list[Typed]:
        """Return the columns of this name."""
        return [column for column in (*self.columns, *self.hidden) if same(column.name, name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cte:
    """A query of WITH: its name in DuckDB, its columns."""

    name: str
    columns: tuple[Typed, ...]
    is_value_table: bool = False


@dataclass(slots=True, kw_only=True)
class Scope:
    """The names that an expression may use."""

    relations: list[Relation] = field(default_factory=list)
    merged: list[Typed] = field(default_factory=list)
    """The columns of USING: one for both sides."""
    parent: Scope | None = None
    aliases: Mapping[str, Typed] = field(default_factory=dict)
    """Of the SELECT list, where a clause sees them; before columns."""
    ctes: Mapping[str, Cte] = field(default_factory=dict)
    windows: Mapping[str, object] = field(default_factory=dict)

    def inner(self) -> Scope:
        """Return a scope for a subquery."""
        return Scope(parent=self, ctes=self.ctes)

    def with_aliases(self, aliases: Mapping[str, Typed]) -> Scope:
        """Return this scope for a clause that sees the aliases of the SELECT list too."""
        return dataclasses.replace(self, aliases=aliases)

    def star(self) -> list[Typed]:
        """Return what * stands for."""
        if any(relation.hidden and not relation.columns for relation in self.relations):
            raise UnsupportedSqlError("SELECT * of a view of INFORMATION_SCHEMA")
        columns = [column for relation in self.relations for column in relation.columns]
        return [*self.merged, *(column for column in columns if not self._is_merged(column))]

    def relation(self, alias: str) -> Relation | None:
        """Return the relation of this alias, here or above."""
        found = [relation for relation in self.relations if same(relation.alias, alias)]
        if found:
            return found[0]
        return self.parent.relation(alias) if self.parent else None

    def find(self, path: Sequence[str]) -> tuple[Typed, Sequence[str]] | None:
        """Return what the path begins with and the names of fields that are left of it."""
        name, rest = path[0], path[1:]
        if (alias := self.aliases.get(name.lower())) is not None:
            return alias, rest
        if merged := [column for column in self.merged if same(column.name, name)]:
            return merged[0], rest
        columns = [column for relation in self.relations for column in relation.named(name)]
        relations = [relation for relation in self.relations if same(relation.alias, name)]
        if relations and (not columns or self._is_qualifier(relations[0], columns, rest)):
            return self._inside(relations[0], rest)
        if relations:
            raise UnsupportedSqlError(f"the name {name}, which is both a column and an alias")
        if len(columns) > 1:
            raise BigQueryError(f"Column name {name} is ambiguous")
        if columns:
            return columns[0], rest
        return self.parent.find(path) if self.parent else None

    @staticmethod
    def _is_qualifier(relation: Relation, columns: Iterable[Typed], rest: Sequence[str]) -> bool:
        scalars = all(not column.type.fields and column.type.kind != "JSON" for column in columns)
        own = relation.value is not None and all(column.sql == relation.value.sql for column in columns)
        return own or bool(rest and relation.named(rest[0]) and scalars)

    @staticmethod
    def _inside(relation: Relation, rest: Sequence[str]) -> tuple[Typed, Sequence[str]]:
        if not rest:
            return dataclasses.replace(relation.row(), name=relation.alias), rest
        found = relation.named(rest[0])
        if len(found) > 1:
            raise BigQueryError(f"Column name {rest[0]} is ambiguous")
        if found:
            return found[0], rest[1:]
        if relation.value is not None:
            return relation.value, rest
        raise BigQueryError(f"Name {rest[0]} not found inside {relation.alias}")

    def _is_merged(self, column: Typed) -> bool:
        return any(same(column.name, merged.name) for merged in self.merged)


def same(one: str | None, other: str | None) -> bool:
    """Tell whether two names of columns are one: their case does not matter."""
    return one is not None and other is not None and one.lower() == other.lower()
