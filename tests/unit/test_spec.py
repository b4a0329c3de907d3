from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagcheck.record import decode_spec, encode
from dagcheck.spec import DagSpec, TaskSpec, find_cycle

Graph = dict[str, tuple[str, ...]]

IDS = st.sampled_from("abcdefg")
GRAPHS = st.dictionaries(IDS, st.lists(IDS, max_size=4).map(tuple), max_size=7)


def reaches_itself(graph: Graph, start: str) -> bool:
    """Plain search for a way of at least one edge from `start` to `start` over ids that the graph has."""
    seen: set[str] = set()
    border = [child for child in graph[start] if child in graph]
    while border:
        node = border.pop()
        if node == start:
            return True
        if node not in seen:
            seen.add(node)
            border += [child for child in graph[node] if child in graph]
    return False


def chain(length: int) -> Graph:
    return {f"t{number:05}": (f"t{number + 1:05}",) for number in range(length)}


@given(GRAPHS)
def test_there_is_a_cycle_exactly_if_some_task_reaches_itself(graph: Graph) -> None:
    assert bool(find_cycle(graph)) == any(reaches_itself(graph, node) for node in graph)


@given(GRAPHS)
def test_a_cycle_is_a_closed_walk_along_edges(graph: Graph) -> None:
    cycle = find_cycle(graph)
    assert all(downstream in graph[upstream] for upstream, downstream in pairwise(cycle))
    assert cycle[:1] == cycle[-1:]


@given(GRAPHS)
def test_a_cycle_visits_each_task_once_and_starts_at_the_smallest(graph: Graph) -> None:
    visited = find_cycle(graph)[:-1]
    assert len(set(visited)) == len(visited)
    assert visited[:1] == tuple(sorted(visited))[:1]


@given(GRAPHS, st.randoms(use_true_random=False))
def test_the_same_graph_in_another_order_gives_the_same_cycle(graph: Graph, random: Random) -> None:
    items = [(node, tuple(random.sample(children, len(children)))) for node, children in graph.items()]
    random.shuffle(items)
    assert find_cycle(dict(items)) == find_cycle(graph)


def test_a_task_that_follows_itself_is_a_cycle() -> None:
    assert find_cycle({"a": ("b",), "b": ("b",)}) == ("b", "b")


def test_an_edge_to_an_unknown_task_is_no_cycle() -> None:
    assert find_cycle({"a": ("elsewhere",)}) == ()


def test_a_diamond_is_no_cycle() -> None:
    assert find_cycle({"a": ("b", "c"), "b": ("d",), "c": ("d",), "d": ()}) == ()


def test_a_deep_graph_without_a_cycle_is_walked_to_its_end() -> None:
    assert find_cycle({**chain(5_000), "t05000": ()}) == ()


def test_a_cycle_through_thousands_of_tasks_is_found_whole() -> None:
    cycle = find_cycle({**chain(5_000), "t05000": ("t00000",)})
    assert cycle == (*(f"t{number:05}" for number in range(5_001)), "t00000")


def test_edges_come_once_in_the_order_of_definition() -> None:
    tasks = (
        TaskSpec(task_id="load", operator="x", upstream=("extract",)),
        TaskSpec(task_id="extract", operator="x", downstream=("load", "audit")),
        TaskSpec(task_id="audit", operator="x", upstream=("extract",)),
    )
    dag = DagSpec(dag_id="etl", file="etl.py", tasks=tasks)
    assert list(dag.edges()) == [("extract", "load"), ("extract", "audit")]


def test_task_ids_stand_in_the_order_of_definition() -> None:
    tasks = (TaskSpec(task_id="z", operator="x"), TaskSpec(task_id="a", operator="x"))
    assert DagSpec(dag_id="etl", file="etl.py", tasks=tasks).task_ids == ("z", "a")


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.from_type(DagSpec))
def test_a_spec_survives_json(spec: DagSpec) -> None:
    assert repr(decode_spec(encode(spec))) == repr(spec)  # repr, so that nan is itself
