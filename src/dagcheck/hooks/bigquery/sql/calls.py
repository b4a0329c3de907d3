"""Calls of aggregate and window functions, taken apart."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from dagcheck.hooks.bigquery.results import UnsupportedSqlError
from dagcheck.hooks.bigquery.sql.ordering import Term
from dagcheck.hooks.bigquery.sql.typed import Typed


@dataclass(slots=True)
class Call:
    """A call of an aggregate or window function, taken apart."""

    name: str
    nodes: list[exp.Expression]
    distinct: bool = False
    order: exp.Expression | None = None
    limit: exp.Expression | None = None
    nulls: str = ""
    having: exp.Expression | None = None
    arguments: tuple[Typed, ...] = ()
    over: str = ""
    """OVER (...), or nothing."""
    sorting: tuple[Term, ...] = ()

    def inner(self, argument: Typed | None = None) -> str:
        """Return what stands in the parentheses."""
        value = (argument or self.arguments[0]).sql
        order = ", ".join(term.sql + term.direction for term in self.sorting)
        return f"{'DISTINCT ' if self.distinct else ''}{value}{f' ORDER BY {order}' if order else ''}"


def taken_apart(node: exp.Anonymous) -> Call:
    """Return the arguments of a call and what follows them: DISTINCT, IGNORE NULLS, HAVING MAX, ORDER BY, LIMIT."""
    call = Call(str(node.this).upper(), [])
    for argument in node.expressions:
        _unwrap(argument, call)
    return call


def _unwrap(node: exp.Expression, call: Call) -> None:
    if isinstance(node, exp.Limit):
        call.limit = node.expression
    elif isinstance(node, exp.Order):
        call.order = node
    elif isinstance(node, (exp.IgnoreNulls, exp.RespectNulls)):
        call.nulls = "IGNORE NULLS" if isinstance(node, exp.IgnoreNulls) else "RESPECT NULLS"
    elif isinstance(node, exp.HavingMax):
        call.having = node
    elif isinstance(node, exp.Distinct):
        if node.args.get("on"):
            raise UnsupportedSqlError("DISTINCT ON")
        call.distinct = True
        call.nodes.extend(node.expressions)
        return
    else:
        call.nodes.append(node)
        return
    _unwrap(node.this, call)
