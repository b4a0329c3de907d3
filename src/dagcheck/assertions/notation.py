"""Dependencies as DAG authors write them: `extract >> [transform_a, transform_b] >> load`.

The text is parsed, never run. What Airflow refuses (a list before a list, chained lists of different lengths) is
refused here too.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from keyword import iskeyword
from typing import NamedTuple

from dagcheck.errors import UsageError, unknown

Edge = tuple[str, str]
_ID = re.compile(r"[\w.-]+")
_LONGEST = 8  # steps of one line
_EXAMPLE = "write it as in a DAG file: extract >> [transform_a, transform_b] >> load"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a text says: every id in the order of mention, and (upstream, downstream) pairs of them."""

    names: tuple[str, ...]
    edges: tuple[Edge, ...]


def parse(text: str) -> Drawing:
    """Read statements of `>>`, `<<`, lists, chain, chain_linear, cross_downstream, set_downstream and set_upstream.

    Statements stand on lines of their own, or are separated by semicolons. Ids with dashes need no quotes, any id may
    have them. `Label(...)` says nothing about dependencies. Raises UsageError for anything else.
    """
    source = textwrap.dedent(text).strip()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{_shown(source)} can't be read ({error}); {_EXAMPLE}, odd ids in quotes") from None
    reader = _Reader(source)
    for statement in tree.body:
        if not isinstance(statement, ast.Expr):
            raise UsageError(f"{reader.text(statement)} says nothing about dependencies; {_EXAMPLE}")
        reader.value(statement.value)
    if not reader.names:
        raise UsageError(f"no task is named; {_EXAMPLE}")
    return Drawing(tuple(reader.names), tuple(reader.edges))


class _Value(NamedTuple):
    """What an expression stands for: one id, or a list of them."""

    ids: tuple[str, ...]
    many: bool


class _Reader:
    """Collects the names and edges of expressions."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.names: dict[str, None] = {}
        self.edges: dict[Edge, None] = {}

    def text(self, node: ast.AST) -> str:
        """The part of the source that a node was."""
        return _shown(ast.get_source_segment(self._source, node) or "")

    def value(self, node: ast.expr) -> _Value:
        """Return what an expression stands for, noting the edges that it draws."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.RShift, ast.LShift)):
            return self._shift(node)
        if isinstance(node, (ast.List, ast.Tuple)):
            values = [self.value(element) for element in node.elts]
            if any(value.many for value in values):
                raise UsageError(f"{self.text(node)}: a list within a list; {_EXAMPLE}")
            return _Value(tuple(one for value in values for one in value.ids), many=True)
        if isinstance(node, ast.Call):
            return self._call(node)
        return _Value((self._id(node),), many=False)

    def _shift(self, node: ast.BinOp) -> _Value:
        left = self.value(node.left)
        if _is_label(node.right):
            return left
        right = self.value(node.right)
        self._draw(*((left, right) if isinstance(node.op, ast.RShift) else (right, left)), node)
        return right

    def _draw(self, upstream: _Value, downstream: _Value, node: ast.AST) -> None:
        if upstream.many and downstream.many:
            raise UsageError(
                f"{self.text(node)}: Python has no list >> list, so no DAG has it; write cross_downstream([...], "
                "[...]) for all with all, chain([...], [...]) for pairs"
            )
        self.edges.update(dict.fromkeys(product(upstream.ids, downstream.ids)))

    def _call(self, node: ast.Call) -> _Value:
        if node.keywords:
            raise UsageError(f"{self.text(node)}: takes no keywords here")
        arguments = [argument for argument in node.args if not _is_label(argument)]
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("set_downstream", "set_upstream"):
            return self._set(node, node.func, arguments)
        name = node.func.id if isinstance(node.func, ast.Name) else self.text(node.func)
        if name not in _CALLS:
            raise UsageError(f"{self.text(node)}: {unknown('function', name, _CALLS)}; write task ids, not calls")
        values = [self.value(argument) for argument in arguments]
        for upstream, downstream in pairwise(values):
            self.edges.update(dict.fromkeys(_CALLS[name](upstream, downstream)))
        return values[-1] if values else _Value((), many=True)

    def _set(self, node: ast.Call, function: ast.Attribute, arguments: Sequence[ast.expr]) -> _Value:
        this = self.value(function.value)
        for other in map(self.value, arguments):
            self._draw(*((this, other) if function.attr == "set_downstream" else (other, this)), node)
        return this

    def _id(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value
        else:
            name = ast.get_source_segment(self._source, node) or ""
        if not _ID.fullmatch(name):
            raise UsageError(f"{_shown(name)} is not an id of a task or group; {_EXAMPLE}")
        self.names[name] = None
        return name


def _chained(upstream: _Value, downstream: _Value) -> Iterable[Edge]:
    """As airflow's `chain` (models/baseoperator.py of 2.11, sdk/bases/operator.py of 3.3): lists go in pairs."""
    if not (upstream.many and downstream.many):
        return product(upstream.ids, downstream.ids)
    if len(upstream.ids) != len(downstream.ids):
        raise UsageError(
            f"chain refuses lists of different lengths: {', '.join(upstream.ids)} and {', '.join(downstream.ids)}"
        )
    return zip(upstream.ids, downstream.ids, strict=True)


def _crossed(upstream: _Value, downstream: _Value) -> Iterable[Edge]:
    return product(upstream.ids, downstream.ids)


_CALLS: dict[str, Callable[[_Value, _Value], Iterable[Edge]]] = {
    "chain": _chained,
    "chain_linear": _crossed,
    "cross_downstream": _crossed,
}


def _is_label(node: ast.expr) -> bool:
    """True for `Label("yes")`, and for a list of labels, which `chain` takes."""
    if isinstance(node, ast.List):
        return bool(node.elts) and all(map(_is_label, node.elts))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Label"


def _shown(source: str) -> str:
    line = " ".join(source.split())
    return repr(line if len(line) <= 80 else f"{line[:77]}...")  # noqa: PLR2004 - one line of a terminal


def write(edges: Iterable[Edge], order: Sequence[str] = ()) -> list[str]:
    """Return lines that `parse` reads as these edges, as few as a person would write; `order` sorts the ids."""
    place = {name: number for number, name in enumerate(order)}
    known = sorted(set(edges), key=lambda edge: [(place.get(name, len(place)), name) for name in edge])
    targets: dict[str, list[str]] = {}
    for upstream, downstream in known:
        targets.setdefault(upstream, []).append(downstream)
    links: dict[tuple[str, ...], list[str]] = {}
    for upstream, found in targets.items():
        links.setdefault(tuple(found), []).append(upstream)
    pairs = {tuple(upstreams): downstreams for downstreams, upstreams in links.items()}
    return [_line(steps) for steps in _joined(pairs)]


def _joined(links: dict[tuple[str, ...], tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    """Join `a >> b` and `b >> c`, wherever that is notation: no list stands before a list."""
    simple = {left for left, right in links.items() if len(left) == 1 or len(right) == 1}
    followed = {links[left] for left in simple} & simple
    done: set[tuple[str, ...]] = set()
    for start in sorted(links, key=followed.__contains__):
        steps = [start]
        while steps[-1] in links and steps[-1] not in done and len(steps) < _LONGEST:
            if len(steps) > 1 and steps[-1] not in simple:
                break
            done.add(steps[-1])
            steps.append(links[steps[-1]])
            if steps[-2] not in simple:
                break
        if len(steps) > 1:
            yield steps


def _line(steps: Sequence[tuple[str, ...]]) -> str:
    texts = [", ".join(map(quoted, ids)) for ids in steps]
    parts = [f"[{text}]" if len(ids) > 1 else text for ids, text in zip(steps, texts, strict=True)]
    if any(len(left) > 1 and len(right) > 1 for left, right in pairwise(steps)):
        return f"cross_downstream({', '.join(parts)})"
    return " >> ".join(parts)


def quoted(name: str) -> str:
    """Return an id as it stands in the notation: in quotes where it is no name of Python's."""
    plain = all(part.isidentifier() and not iskeyword(part) for part in name.split("."))
    return name if plain else repr(name)
