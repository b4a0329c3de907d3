"""How a difference is told: what was expected, what was found, and what lies between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dagcheck.assertions.graph import Graph
from dagcheck.assertions.notation import Edge, quoted, write
from dagcheck.spec import DagSpec

_MOST_LINES = 30


def where(spec: DagSpec, task_id: str | None = None) -> str:
    """Return `dags/orders.py:12: orders.load`, with what is known of the place."""
    task = next((task for task in spec.tasks if task.task_id == task_id), None)
    file, line = (task.file, task.line) if task and task.file else (spec.file, spec.line)
    subject = f"{spec.dag_id}.{task_id}" if task_id else spec.dag_id
    place = f"{file}:{line}" if line else file
    return f"{place}: {subject}" if place else subject


def drawn(edges: Iterable[Edge], graph: Graph, *, lone: Iterable[str] = (), about: Iterable[str] = ()) -> list[str]:
    """Return a graph as lines of the notation, tasks without any dependency alone on theirs.

    Of a graph of many lines only those are shown that speak of the tasks in `about`.
    """
    edges, order = list(edges), [*graph.tasks]
    lines = [*write(edges, order), *map(quoted, sorted(lone, key=order.index))] or ["(no dependencies)"]
    if len(lines) <= _MOST_LINES:
        return lines
    wanted = set(about)
    near = [edge for edge in edges if wanted & set(edge)]
    shown = write(near, order)[:_MOST_LINES]
    return [*shown, f"... (only what touches the difference; {len(edges) - len(near)} dependencies more)"]


def story(head: str, *parts: tuple[str, Sequence[str]]) -> str:
    """Return a head line and titled, indented parts; a part without lines is left out."""
    lines = [head]
    for title, content in parts:
        if content:
            lines += [f"  {title}:", *(f"    {line}" for line in content)]
    return "\n".join(lines)


def listed(names: Iterable[str], order: Sequence[str] = ()) -> str:
    """Return ids in a readable order, `nothing` for none."""
    place = {name: number for number, name in enumerate(order)}
    return ", ".join(sorted(names, key=lambda name: (place.get(name, len(place)), name))) or "nothing"
