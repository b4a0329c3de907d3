"""What the scheduler decides about one task instance in one pass: run, wait, or a final state without running.

Airflow asks three dependencies, in an order that depends on addresses in memory; the last one to set a state wins.
Here an order to skip comes last, and a failed source of a mapped task beats a skipped parent.
"""

from __future__ import annotations

from dagcheck.running.attempt import UNMAPPED, SkipOrder
from dagcheck.running.instances import Instance, Instances
from dagcheck.running.plan import Node
from dagcheck.running.relevance import all_finished, count_relevant, parents_of
from dagcheck.running.rules import FINISHED, RUN, SKIPPED, SUCCESS, UPSTREAM_FAILED, WAIT, Surroundings, verdict


def judge(instances: Instances, instance: Instance) -> tuple[str, str | None]:
    """Return RUN, WAIT or a final state, and for a final state its cause: a task instance's key, or a rule."""
    node = instance.node
    if not node.upstream:
        return RUN, None
    found = by_rule(instances, instance)
    cause = None if found in {RUN, WAIT} else node.task.trigger_rule
    if node.sources and instances.plan.semantics.mapped_source_fails_early:
        source = _mapped_source(instances, node)
        if source == UPSTREAM_FAILED or (source and found in {RUN, WAIT}):
            found, cause = source, "mapped over"
    elif found == SKIPPED and _is_expanded_all_the_same(instances, instance):
        found, cause = UPSTREAM_FAILED, "mapped over"
    skipping = _skipping_parent(instances, instance)
    return (SKIPPED, skipping.key) if skipping else (found, cause)


def by_rule(instances: Instances, instance: Instance) -> str:
    """Return what the trigger rule alone says of one instance."""
    node = instance.node
    rule = node.task.trigger_rule
    parents = parents_of(instances, instance)
    if not node.setups and not node.scope:
        return verdict(rule, parents, instances.plan.semantics, map_index=instance.map_index)
    around = Surroundings(
        setups=count_relevant(instances, instance, node.setups) if node.setups else None,
        scope_done=all_finished(instances, instance, node.scope),
    )
    return verdict(rule, parents, instances.plan.semantics, map_index=instance.map_index, around=around)


def _mapped_source(instances: Instances, node: Node) -> str | None:
    """Return the state that the tasks give over whose values this one is mapped, WAIT if they only hold it back.

    As MappedTaskUpstreamDep (ti_deps/deps/mapped_task_upstream_dep.py, since 2.9): it looks at unexpanded ones alone.
    """
    ended = {one.state for one in instances.of(node.sources) if one.map_index == UNMAPPED and one.state in FINISHED}
    if not ended - {SUCCESS}:
        return None
    if ended & {"failed", UPSTREAM_FAILED}:
        return UPSTREAM_FAILED
    return SKIPPED if SKIPPED in ended else WAIT


def _is_expanded_all_the_same(instances: Instances, instance: Instance) -> bool:
    """Tell whether a skipped task is expanded nevertheless, and fails for want of a length.

    none_failed_min_one_success skips a task whose parents all are and yet counts as met (ti_deps/deps/
    trigger_rule_dep.py before 3.3), so `_get_ready_tis` (models/dagrun.py) expands it unless MappedTaskUpstreamDep
    objects.
    """
    task = instance.node.task
    if task.trigger_rule != "none_failed_min_one_success" or instance.map_index != UNMAPPED or not task.is_mapped:
        return False
    return instances.expanded_count(instance.node) is None


def _skipping_parent(instances: Instances, instance: Instance) -> Instance | None:
    """Return the direct parent whose order says that this instance is to be skipped.

    As NotPreviouslySkippedDep (ti_deps/deps/not_previously_skipped_dep.py).
    """
    nodes = instances.plan.nodes
    for position in instance.node.upstream:
        if not (nodes[position].task.is_skip_mixin or instances.plan.semantics.order_by_any_operator):
            continue
        if not any(one.state in FINISHED for one in instances.by_position[position]):
            continue
        parent = instances.find(position, _order_index(instances, instance, nodes[position]))
        if parent and parent.order and _says_skip(parent.order, instance.node.task.task_id):
            return parent
    return None


def _order_index(instances: Instances, instance: Instance, parent: Node) -> int:
    rule = instances.plan.semantics.order_index
    if rule == "own" or (rule == "by-parent" and parent.task.expands is not None):
        return instance.map_index
    return UNMAPPED


def _says_skip(order: SkipOrder, task_id: str) -> bool:
    if order.followed is not None:
        return task_id not in order.followed
    return order.skipped is not None and task_id in order.skipped
