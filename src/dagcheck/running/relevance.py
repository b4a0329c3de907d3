"""Which instances of a parent belong to a task instance: in a mapped group those of its own index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dagcheck.running.instances import Instance, Instances
from dagcheck.running.plan import Node
from dagcheck.running.rules import FINISHED, Parents

MapIndexes = int | range | None  # None: all of them


def relevant_map_indexes(instances: Instances, node: Node, map_index: int, upstream: Node) -> MapIndexes:
    """Return the map indexes of `upstream` that concern this instance of `node`.

    As TaskInstance.get_relevant_upstream_map_indexes (models/taskinstance.py, 2.7 to 3.3), whose arithmetic takes the
    length of the task itself for that of the parent inside of their common group.
    """
    count = instances.expanded_count(node) if node.task.is_mapped else None
    common = next((group for group in upstream.task.groups if group in node.task.groups), None)
    if not count or common is None:
        return None
    around = instances.group_count(upstream.task.groups[upstream.task.groups.index(common) :])
    if not around:
        return None
    index = map_index * around // count
    if upstream.task.expands is None and upstream.task.groups[0] == common:
        return index
    further = count // around
    return range(index * further, (index + 1) * further)


def parents_of(instances: Instances, instance: Instance) -> Parents:
    """Return the counts that the trigger rule of one instance sees."""
    node = instance.node
    if node.counted:
        return instances.counts[node.position]
    return count_relevant(instances, instance, node.upstream)


def count_relevant(instances: Instances, instance: Instance, positions: Iterable[int]) -> Parents:
    """Count the instances of some tasks that concern one instance, by state."""
    parents = Parents()
    for one in relevant(instances, instance, positions):
        is_setup = one.node.task.is_setup
        parents.total += 1
        parents.setups += is_setup
        parents.count(one.state, setup=is_setup)
    return parents


def all_finished(instances: Instances, instance: Instance, positions: Iterable[int]) -> bool:
    """Tell whether all instances of some tasks that concern one instance have ended."""
    return all(one.state in FINISHED for one in relevant(instances, instance, positions))


def relevant(instances: Instances, instance: Instance, positions: Iterable[int]) -> Iterator[Instance]:
    """Iterate over the instances of some tasks that concern one instance; unexpanded ones always do."""
    for position in positions:
        wanted = _wanted(instances, instance, instances.plan.nodes[position])
        for one in instances.by_position[position]:
            if wanted is None or one.map_index < 0 or one.map_index in wanted:
                yield one


def _wanted(instances: Instances, instance: Instance, upstream: Node) -> range | None:
    node = instance.node
    if not node.task.groups:
        return None
    looks_at_all = node.looks_at_all or (node.looks_at_all_unexpanded and instance.map_index < 0)
    if looks_at_all and upstream.position not in node.all_sources:
        return None
    found = relevant_map_indexes(instances, node, instance.map_index, upstream)
    return range(found, found + 1) if isinstance(found, int) else found
