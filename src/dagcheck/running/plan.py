"""A graph made ready for many runs: positions instead of ids, who looks at whom, what is known before a run starts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dagcheck.running.attempt import UNMAPPED
from dagcheck.running.graph import Graph, Task
from dagcheck.running.lengths import Expansion, measure
from dagcheck.running.semantics import Semantics

_FAST_RULES = frozenset({"one_success", "one_failed", "one_done"})
_FAST_UNEXPANDED = _FAST_RULES | {"none_failed_min_one_success"}  # since 3.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A task by its position; every relative is a position too.

    `counted` tells that all instances of all parents matter to each of its own, so that they are counted as they end;
    in a mapped group each instance looks for itself. `watchers` must look again when one of its instances changes,
    `counters` are those of them that count. `sources` decide its length, or that of the closest mapped group;
    `all_sources` also those of the groups further out.
    """

    position: int
    task: Task
    upstream: tuple[int, ...]
    setups: tuple[int, ...]
    scope: tuple[int, ...]
    watchers: tuple[int, ...]
    counters: tuple[int, ...]
    counted: bool
    sources: tuple[int, ...]
    all_sources: frozenset[int]
    looks_at_all: bool  # at all instances of a parent that is no source, also once expanded
    looks_at_all_unexpanded: bool
    map_indexes: tuple[int, ...]  # at the start of a run
    total: int  # instances of its parents at the start of a run
    total_setups: int


class Plan:
    """A graph under the semantics of one Airflow version."""

    def __init__(self, graph: Graph, semantics: Semantics) -> None:
        self.graph = graph
        self.semantics = semantics
        self.positions = {task.task_id: position for position, task in enumerate(graph.tasks)}
        self.leaves = frozenset(self.positions[task_id] for task_id in graph.run_leaves())
        self.mapped_over = frozenset(graph.mapped_over())
        self._below: dict[int, frozenset[int]] = {}
        self._above: dict[int, frozenset[int]] = {}
        self._sides: dict[tuple[str, frozenset[str]], tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._starts = [self._map_indexes(task) for task in graph.tasks]
        watchers = self._watchers()
        self.nodes = tuple(self._node(task, tuple(sorted(watchers[task.task_id]))) for task in graph.tasks)
        self.first = tuple(node.position for node in self.nodes if _may_start(node.task))

    def descendants(self, position: int) -> frozenset[int]:
        """Return everything below a task."""
        return self._related(position, "downstream", self._below)

    def ancestors(self, position: int) -> frozenset[int]:
        """Return everything above a task."""
        return self._related(position, "upstream", self._above)

    def sides(self, task_id: str, chosen: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return which tasks directly below a branch are chosen or below what is chosen, and the others."""
        known = self._sides.get((task_id, chosen))
        if known is None:
            kept = {self.positions[one] for one in chosen}
            kept |= {below for position in tuple(kept) for below in self.descendants(position)}
            children = self.graph.tasks[self.positions[task_id]].downstream
            followed = tuple(child for child in children if self.positions[child] in kept)
            left = tuple(child for child in children if self.positions[child] not in kept)
            known = self._sides[task_id, chosen] = followed, left
        return known

    def _related(self, position: int, way: str, known: dict[int, frozenset[int]]) -> frozenset[int]:
        if position not in known:
            found: set[int] = set()
            waiting = [position]
            while waiting:
                task = self.graph.tasks[waiting.pop()]
                new = set(self._positions(getattr(task, way))) - found
                found |= new
                waiting.extend(new)
            known[position] = frozenset(found)
        return known[position]

    def _node(self, task: Task, watchers: tuple[int, ...]) -> Node:
        parents = self._positions(task.upstream)
        expansions = self._expansions(task)
        look = self.semantics.group_look
        fast = task.trigger_rule in _FAST_RULES
        return Node(
            position=self.positions[task.task_id],
            task=task,
            upstream=parents,
            setups=self._positions(task.setups),
            scope=self._positions(task.scope),
            watchers=watchers,
            counters=tuple(child for child in self._positions(task.downstream) if not self.graph.tasks[child].groups),
            counted=not task.groups,
            sources=self._positions(expansions[0].sources) if expansions else (),
            all_sources=frozenset(one for each in expansions for one in self._positions(each.sources)),
            looks_at_all=task.in_mapped_group and (look == "all" or (look == "all-if-fast" and fast)),
            looks_at_all_unexpanded=look == "unexpanded-if-fast" and task.trigger_rule in _FAST_UNEXPANDED,
            map_indexes=self._starts[self.positions[task.task_id]],
            total=sum(len(self._starts[parent]) for parent in parents),
            total_setups=sum(len(self._starts[parent]) for parent in parents if self.graph.tasks[parent].is_setup),
        )

    def _positions(self, task_ids: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(self.positions[task_id] for task_id in task_ids)

    def _map_indexes(self, task: Task) -> tuple[int, ...]:
        """Literal lengths are expanded when the run is created, an empty one is left for later.

        As DagRun._create_tasks, the same from 2.7 to 3.3.
        """
        lengths = [measure(one.length, lambda _: None) or 0 for one in self._expansions(task)]
        count = math.prod(lengths) if lengths else 0
        return tuple(range(count)) or (UNMAPPED,)

    def _expansions(self, task: Task) -> list[Expansion]:
        """Its own, then those of the groups around it, innermost first."""
        groups = [self.graph.groups[group] for group in task.groups]
        return [task.expands, *groups] if task.expands else groups

    def _watchers(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {task_id: set() for task_id in self.positions}
        for position, task in enumerate(self.graph.tasks):
            deciding = [one for expansion in self._expansions(task)[:1] for one in expansion.sources]
            for task_id in (*task.upstream, *task.setups, *task.scope, *deciding):
                found[task_id].add(position)
        return found


def _may_start(task: Task) -> bool:
    """Tell whether the first look may already let it run: the others wait for a parent."""
    return not task.upstream or task.trigger_rule == "always" or bool(task.groups)
