"""What a runner sees of the run that it is a part of."""

from __future__ import annotations

from collections.abc import Mapping

from dagcheck.running.attempt import UNMAPPED
from dagcheck.running.instances import Instances
from dagcheck.running.relevance import relevant_map_indexes


class View:
    """See `dagcheck.running.attempt.RunView`."""

    def __init__(self, instances: Instances) -> None:
        self._instances = instances
        self._plan = instances.plan

    def states(self) -> Mapping[tuple[str, int], str | None]:
        """Return a copy of all states."""
        return {(one.node.task.task_id, one.map_index): one.state for one in self._instances}

    def state(self, task_id: str, map_index: int = UNMAPPED) -> str | None:
        """Return the state of a task instance."""
        found = self._instances.find(self._plan.positions[task_id], map_index)
        return found.state if found else None

    def try_number(self, task_id: str, map_index: int = UNMAPPED) -> int:
        """Return the number of the current or last try."""
        found = self._instances.find(self._plan.positions[task_id], map_index)
        return found.tries if found else 0

    def map_indexes(self, task_id: str) -> tuple[int, ...]:
        """Return the map indexes of a task's instances."""
        return tuple(one.map_index for one in self._instances.by_position[self._plan.positions[task_id]])

    def output_length(self, task_id: str) -> int | None:
        """Return over how many elements others are mapped if they are mapped over a task."""
        return self._instances.output_length(task_id)

    def upstream_map_indexes(self, task_id: str, map_index: int, upstream_id: str) -> int | range | None:
        """Return which instances of an upstream task belong to this one."""
        node, upstream = (self._plan.nodes[self._plan.positions[one]] for one in (task_id, upstream_id))
        return relevant_map_indexes(self._instances, node, map_index, upstream)
