"""Which states of a run depend on timing: with another order of the same events Airflow could have ended elsewhere.

Six ways lead there: an order to skip meets a task whose rule lets it start, or fail, without waiting for the one
that gives the order; `all_success` sees a failed and a skipped parent and the first to end decides; `fail_fast` skips
whatever has not ended; before 2.9 (MappedTaskUpstreamDep) a task mapped over a mapped one that was never expanded
fails if both are looked at in one pass, else is skipped; on 3.0 a task starts or not as the length of a mapped group
is known or not; a task whose rule skips it fails if what it is mapped over has failed, by the order in which Airflow
asks its dependencies. States further down that follow from a raced state are not listed.
"""

from __future__ import annotations

from collections.abc import Iterable

from dagcheck.running.attempt import UNMAPPED
from dagcheck.running.instances import Instance, Instances
from dagcheck.running.judging import by_rule
from dagcheck.running.relevance import relevant
from dagcheck.running.rules import FAILED, FINISHED, RUN, SKIPPED, UPSTREAM_FAILED, Parents, verdict
from dagcheck.running.starting import deciding


class Races:
    """Collects raced instances while the engine runs; `found` maps a key to the reason, in words."""

    def __init__(self, instances: Instances) -> None:
        self.found: dict[str, str] = {}
        self.wave: set[Instance] = set()  # what is ready at this moment
        self._instances = instances
        self._orders: list[tuple[Instance, Instance]] = []

    def ordered(self, by: Instance, one: Instance) -> None:
        """Take note of an order to skip, before it is carried out."""
        self._orders.append((by, one))
        if one in self.wave or one.state in FINISHED - {SKIPPED} or one.state == "running":
            self._flag(one, f"{by.key} orders it to be skipped, but it does not wait for {by.key}")

    def stopped(self, failed: Instance) -> None:
        """Take note of a failure that stops all others."""
        plan = self._instances.plan
        related = plan.descendants(failed.node.position) | plan.ancestors(failed.node.position)
        for one in self._instances:
            if one is not failed and one.node.position not in related and not one.node.task.is_teardown:
                self._flag(one, f"fail_fast: it depends on how far it has come when {failed.key} fails")

    def close(self) -> None:
        """Look over the finished run."""
        for by, one in self._orders:
            if self._might_precede(by, one):
                self._flag(one, f"{by.key} orders it to be skipped, but its rule does not wait for {by.key}")
        for one in self._instances:
            if one.cause == one.node.task.trigger_rule and one.state in {SKIPPED, UPSTREAM_FAILED}:
                self._see_both(one)
            if one.cause == "mapped over" and one.state == UPSTREAM_FAILED and by_rule(self._instances, one) == SKIPPED:
                self._flag(one, "its rule skips it, and what it is mapped over has failed: either may count")
            if one.cause == "nothing to map over":
                self._see_unexpanded(one)
            if one.attempts and self._instances.plan.semantics.start_needs_group_lengths:
                self._see_early_start(one)

    def _flag(self, one: Instance, reason: str) -> None:
        self.found.setdefault(one.key, reason)

    def _might_precede(self, by: Instance, one: Instance) -> bool:
        """Tell whether the task could have been decided on while the one that orders was still running."""
        node = one.node
        later = self._instances.plan.descendants(by.node.position) | {by.node.position}
        early = Parents()
        for parent in relevant(self._instances, one, node.upstream):
            is_setup = parent.node.task.is_setup
            early.total += 1
            early.setups += is_setup
            if parent.node.position not in later:
                early.count(parent.state, setup=is_setup)
        semantics = self._instances.plan.semantics
        return verdict(node.task.trigger_rule, early, semantics, map_index=one.map_index) in {RUN, UPSTREAM_FAILED}

    def _see_both(self, one: Instance) -> None:
        """Flag who was skipped or failed early, with parents of both kinds."""
        parents = one.node.upstream if one.node.task.trigger_rule == "all_success" else ()
        states = _states(relevant(self._instances, one, (*parents, *one.node.setups)))
        if SKIPPED in states and states & {FAILED, UPSTREAM_FAILED}:
            self._flag(one, "one parent failed and another was skipped: the first to end decides")

    def _see_unexpanded(self, one: Instance) -> None:
        """Flag who is mapped over what has no instances (get_task_map_length of models/xcom_arg.py, 2.7)."""
        if self._instances.plan.semantics.mapped_source_fails_early:
            return
        sources = [parent for parent in self._instances.of(one.node.sources) if parent.node.task.is_mapped]
        if any(parent.map_index == UNMAPPED for parent in sources):
            self._flag(one, "what it is mapped over was never expanded: it fails if both are looked at in one pass")

    def _see_early_start(self, one: Instance) -> None:
        """Flag who may start before it is known how often a group above it is mapped."""
        for source in deciding(self._instances, one):
            if source.output and self._might_precede(source, one):
                self._flag(
                    one, f"it fails if it starts before {source.key} has ended, for which its rule does not wait"
                )


def _states(instances: Iterable[Instance]) -> set[str | None]:
    return {one.state for one in instances}
