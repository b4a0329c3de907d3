"""Assertions about who depends on whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from dagcheck.assertions.graph import Graph
from dagcheck.assertions.notation import Drawing, Edge, parse, quoted
from dagcheck.assertions.subject import graph_of
from dagcheck.assertions.telling import drawn, listed, story, where
from dagcheck.errors import UsageError
from dagcheck.spec import find_cycle

Expected = str | Mapping[str, str | Iterable[str]]


def assert_dependencies(dag: Any, expected: Expected, *, partial: bool = False) -> None:
    """Assert that the DAG has these dependencies, and no other task and dependency unless `partial`.

    `expected` is a text as in a DAG file (`"extract >> [transform_a, transform_b] >> load"`, several lines or
    statements, `<<`, `chain(...)`, `chain_linear(...)`, `cross_downstream(...)`), or a mapping of ids to the ids
    directly downstream. A task alone on a line has no dependency. The id of a group stands for the group, as in
    Airflow: `group >> x` starts at its last tasks, `x >> group` reaches its first. Within a group that is only named
    as a whole, dependencies are free; once one between two of its members is written, all must be.

    Raises UnknownIdError for an id that the DAG does not have, UsageError for what is not in the notation: then the
    test is wrong, or the DAG lost the task.
    """
    __tracebackhide__ = True
    graph = graph_of(dag)
    drawing = parse(expected) if isinstance(expected, str) else _drawing(expected)
    graph.require(*drawing.names)
    wanted = graph.expand(drawing.edges)
    missing = wanted - graph.edges
    surplus = set() if partial else {edge for edge in graph.edges - wanted if not _is_free(edge, drawing, graph)}
    named = {task for name in drawing.names for task in graph.members(name)}
    silent = set() if partial else graph.tasks.keys() - named - {task for edge in surplus for task in edge}
    if missing or surplus or silent:
        found = {edge for edge in graph.edges if edge in wanted or edge in surplus or partial}
        raise AssertionError(_told(graph, (wanted, found), (missing, surplus), silent))


def _drawing(expected: Mapping[str, str | Iterable[str]]) -> Drawing:
    edges = [
        (upstream, downstream)
        for upstream, found in expected.items()
        for downstream in ([found] if isinstance(found, str) else found)
    ]
    if not expected:
        raise UsageError("no task is named: an empty mapping expects nothing")
    return Drawing(tuple(dict.fromkeys([*expected, *(end for edge in edges for end in edge)])), tuple(edges))


def _is_free(edge: Edge, drawing: Drawing, graph: Graph) -> bool:
    """True within a group that is named, and of which no dependency between members is written."""
    for name in set(drawing.names) & graph.groups.keys():
        inside = graph.groups[name]
        if inside.issuperset(edge) and not any(
            graph.members(up) | graph.members(down) <= inside for up, down in drawing.edges
        ):
            return True
    return False


def _told(
    graph: Graph, graphs: tuple[set[Edge], set[Edge]], edges: tuple[set[Edge], set[Edge]], silent: set[str]
) -> str:
    missing, surplus = edges
    about = {task for edge in missing | surplus for task in edge} | silent
    wanted, found = graphs
    order = list(graph.tasks)
    lone = [task for task in silent if not graph.direct(task, up=True) | graph.direct(task, up=False)]
    return story(
        f"{where(graph.spec)}: the dependencies are not the expected ones",
        ("expected", drawn(wanted, graph, about=about)),
        ("found", drawn(found, graph, lone=lone, about=about)),
        ("difference", [
            *(f"- {_shown(edge)}  (expected{_instead(edge, graph)})" for edge in _sorted(missing, order)),
            *(f"+ {_shown(edge)}  (not expected)" for edge in _sorted(surplus, order)),
            *(f"+ {quoted(task)}  (a task that the expectation does not name)" for task in order if task in silent),
        ]),
    )  # fmt: skip


def _instead(edge: Edge, graph: Graph) -> str:
    """Say what there is in place of a dependency that is missing."""
    upstream, downstream = edge
    if way := graph.path(upstream, downstream):
        return f", found only by way of {listed(way[1:-1], way)}"
    if graph.path(downstream, upstream):
        return ", found the other way round"
    return ", not found"


def _shown(edge: Edge) -> str:
    return " >> ".join(map(quoted, edge))


def _sorted(edges: Iterable[Edge], order: list[str]) -> list[Edge]:
    return sorted(edges, key=lambda edge: [order.index(name) for name in edge])


def assert_upstream(
    dag: Any, task_id: str, expected: str | Iterable[str], *, transitive: bool = False, partial: bool = False
) -> None:
    """Assert which tasks a task (or group) waits for: the direct ones, or with `transitive` all, however far.

    `partial`: others are allowed. Among the direct ones the id of a group stands for its last tasks, else for all of
    its tasks. Raises UnknownIdError for an id that the DAG does not have.
    """
    __tracebackhide__ = True
    graph = graph_of(dag)
    _compare(graph, task_id, _ids(expected), up=True, transitive=transitive, partial=partial)


def assert_downstream(
    dag: Any, task_id: str, expected: str | Iterable[str], *, transitive: bool = False, partial: bool = False
) -> None:
    """Assert which tasks wait for a task (or group); everything else is as in `assert_upstream`.

    Among the direct ones the id of a group stands for its first tasks.
    """
    __tracebackhide__ = True
    graph = graph_of(dag)
    _compare(graph, task_id, _ids(expected), up=False, transitive=transitive, partial=partial)


def _ids(expected: str | Iterable[str]) -> list[str]:
    return [expected] if isinstance(expected, str) else list(expected)


def _compare(graph: Graph, name: str, expected: list[str], *, up: bool, transitive: bool, partial: bool) -> None:
    __tracebackhide__ = True
    graph.require(name, *expected)
    stands_for = graph.members if transitive else graph.leaves if up else graph.roots
    wanted = {task for one in expected for task in stands_for(one)}
    found = graph.reach(name, up=up) if transitive else graph.direct(name, up=up)
    missing, surplus = wanted - found, set() if partial else found - wanted
    if not (missing or surplus):
        return
    order, side = list(graph.tasks), "upstream" if up else "downstream"
    touching = [edge for edge in graph.edges if set(edge) <= found | graph.members(name)]
    raise AssertionError(
        story(
            f"{where(graph.spec, name)}: the tasks {'' if transitive else 'directly '}{side} are not the expected ones",
            ("expected", [listed(wanted, order)]),
            ("found", [listed(found, order)]),
            ("difference", [*_lines("-", missing, "expected, not found", order),
                            *_lines("+", surplus, "not expected", order)]),
            ("graph", drawn(touching, graph, about=found | {name})),
        )
    )  # fmt: skip


def _lines(sign: str, tasks: Iterable[str], why: str, order: list[str]) -> Iterator[str]:
    for task in sorted(tasks, key=order.index):
        yield f"{sign} {task}  ({why})"


def assert_path(dag: Any, *task_ids: str) -> None:
    """Assert that each of these tasks (or groups) depends directly on the one before: `a >> b >> c` is a path.

    Raises UnknownIdError for an id that the DAG does not have, UsageError for fewer than two.
    """
    __tracebackhide__ = True
    graph = _in_order(dag, task_ids)
    for upstream, downstream in pairwise(task_ids):
        missing = graph.expand([(upstream, downstream)]) - graph.edges
        if missing:
            lines = [
                f"- {_shown(edge)}  (expected{_instead(edge, graph)})" for edge in _sorted(missing, [*graph.tasks])
            ]
            raise AssertionError(_no_way(graph, task_ids, " >> ", lines))


def assert_order(dag: Any, *task_ids: str) -> None:
    """Assert that each of these tasks (or groups) can only start when the one before is done, however far they are.

    For groups: every task of the later one waits for every task of the earlier one.
    Raises UnknownIdError for an id that the DAG does not have, UsageError for fewer than two.
    """
    __tracebackhide__ = True
    graph = _in_order(dag, task_ids)
    for before, after in pairwise(task_ids):
        lines = list(_unordered(graph, before, after))
        if lines:
            raise AssertionError(_no_way(graph, task_ids, " before ", lines))


def _in_order(dag: Any, task_ids: tuple[str, ...]) -> Graph:
    if len(task_ids) < 2:  # noqa: PLR2004 - an order of one task is none
        raise UsageError("an order needs at least two ids")
    graph = graph_of(dag)
    graph.require(*task_ids)
    return graph


def _unordered(graph: Graph, before: str, after: str) -> Iterator[str]:
    for late in sorted(graph.members(after)):
        waits_for = graph.reach(late, up=True)
        for early in sorted(graph.members(before) - waits_for):
            turned = f"; {late} comes before {early}" if late in graph.reach(early, up=True) else ""
            yield f"{late} does not wait for {early}{turned}"


def _no_way(graph: Graph, task_ids: tuple[str, ...], sign: str, lines: list[str]) -> str:
    about = {task for name in task_ids for task in graph.members(name)}
    return story(
        f"{where(graph.spec)}: not in the expected order",
        ("expected", [sign.join(map(quoted, task_ids))]),
        ("difference", lines),
        ("graph", drawn(graph.edges, graph, about=about)),
    )


def assert_no_cycles(dag: Any) -> None:
    """Assert that no task depends on itself, however far; the message shows the whole way round."""
    __tracebackhide__ = True
    graph = graph_of(dag)
    cycle = find_cycle({task.task_id: task.downstream for task in graph.spec.tasks})
    if cycle:
        raise AssertionError(f"{where(graph.spec)}: a cycle: {' >> '.join(map(quoted, cycle))}")
