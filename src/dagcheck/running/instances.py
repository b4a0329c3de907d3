"""The task instances of a run that goes on: mutable, and known to nobody but the engine."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from dagcheck.running.attempt import UNMAPPED, Attempt, Deferral, Ending, SkipOrder
from dagcheck.running.lengths import Length, measure
from dagcheck.running.plan import Node, Plan
from dagcheck.running.rules import FINISHED, Parents


class Instance:
    """One task instance; `attempts` are the calls of the runner so far, with what came of each."""

    __slots__ = (
        "attempts",
        "cause",
        "deferral",
        "first_start",
        "map_index",
        "node",
        "not_before",
        "order",
        "reschedules",
        "state",
        "tries",
    )

    def __init__(self, node: Node, map_index: int) -> None:
        self.node = node
        self.map_index = map_index
        self.state: str | None = None
        self.tries = 0
        self.not_before: datetime.datetime | None = None
        self.first_start: datetime.datetime | None = None
        self.reschedules = 0
        self.deferral: Deferral | None = None
        self.order: SkipOrder | None = None  # what it left for those below it
        self.cause: str | None = None  # why it ended without running
        self.attempts: list[tuple[Attempt, Ending, str]] = []

    @property
    def key(self) -> str:
        """Return `task` or `task[3]`."""
        task_id = self.node.task.task_id
        return task_id if self.map_index < 0 else f"{task_id}[{self.map_index}]"

    @property
    def output(self) -> Ending | None:
        """The ending of the last try, if it left a value; a later skip order leaves the value where it is."""
        ending = self.attempts[-1][1] if self.attempts else None
        return ending if ending and ending.has_output else None


class Instances:
    """All instances of a run, the counts that trigger rules need, and who must look again."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.by_position = [[Instance(node, index) for index in node.map_indexes] for node in plan.nodes]
        self.counts = [Parents(node.total, node.total_setups) for node in plan.nodes]
        self.dirty: set[int] = set(plan.first)
        self._expanded: dict[int, int] = {}

    def __iter__(self) -> Iterator[Instance]:
        """Iterate in the order of the graph, then of the map indexes."""
        for instances in self.by_position:
            yield from instances

    def of(self, positions: Iterable[int]) -> Iterator[Instance]:
        """Iterate over the instances of several tasks."""
        for position in positions:
            yield from self.by_position[position]

    def find(self, position: int, map_index: int) -> Instance | None:
        """Return one instance, or None."""
        return next((one for one in self.by_position[position] if one.map_index == map_index), None)

    def set_state(self, instance: Instance, state: str | None) -> None:
        """Change a state; whoever depends on it must look again if it is, or was, a final one."""
        before, instance.state = instance.state, state
        if before == state or not (before in FINISHED or state in FINISHED):
            return
        node = instance.node
        is_setup = node.task.is_setup
        for child in node.counters:
            counts = self.counts[child]
            counts.count(before, setup=is_setup, by=-1)
            counts.count(state, setup=is_setup)
        self.dirty.update(node.watchers)

    def expand(self, instance: Instance, count: int) -> list[Instance]:
        """Turn the one unexpanded instance of a task into `count` of them."""
        node = instance.node
        instance.map_index = 0
        new = [Instance(node, index) for index in range(1, count)]
        self.by_position[node.position].extend(new)
        for child in node.counters:
            self.counts[child].total += len(new)
            self.counts[child].setups += len(new) if node.task.is_setup else 0
        self.dirty.update(node.watchers)
        return new

    def expanded_count(self, node: Node) -> int | None:
        """Return how many instances a mapped task has or will have; None while that is unknown.

        As get_mapped_ti_count: the product of its own length and those of the mapped groups around it.
        """
        if node.position in self._expanded:
            return self._expanded[node.position]
        count = self.group_count(node.task.groups)
        if node.task.expands is not None and count is not None:
            own = self.length(node.task.expands.length)
            count = None if own is None else count * own
        if count is not None:
            self._expanded[node.position] = count
        return count

    def group_count(self, groups: tuple[str, ...]) -> int | None:
        """Return the product of the lengths of mapped groups."""
        count = 1
        for group in groups:
            length = self.length(self.plan.graph.groups[group].length)
            if length is None:
                return None
            count *= length
        return count

    def length(self, length: Length) -> int | None:
        """Return a length as far as the tasks that it depends on have ended."""
        return measure(length, self.output_length)

    def output_length(self, task_id: str) -> int | None:
        """As get_task_map_length (models/xcom_arg.py, in 3.3 serialization/definitions/xcom_arg.py)."""
        node = self.plan.nodes[self.plan.positions[task_id]]
        instances = self.by_position[node.position]
        if node.task.expands is None:
            alone = instances[0] if instances[0].map_index == UNMAPPED else None
            return alone.output.length if alone and alone.output else None
        if any(one.state not in FINISHED for one in instances):
            return None
        return sum(1 for one in instances if one.output and one.map_index >= 0)
