"""Compile a live DAG into the plain facts that the engine runs on.

The DAG has been checked before (no cycle). Positions are topological; among equals the file's own order decides.
"""

from __future__ import annotations

import datetime
import functools
import heapq
from collections.abc import Iterable, Iterator
from typing import Any

from dagcheck._airflow import expansions, versions
from dagcheck._airflow.classes import mapped_operator
from dagcheck.running.graph import Graph, Retries, Task


def compile_graph(dag: Any) -> Graph:
    """Return the facts of all tasks, upstream before downstream."""
    ordered = list(_topological(dag.task_dict))
    position = {task.task_id: number for number, task in enumerate(ordered)}
    weights = _total_weights(ordered, position)
    setups = any(task.is_setup for task in ordered)
    mapped = {group.group_id: group for task in ordered for group in task.iter_mapped_task_groups()}
    return Graph(
        dag_id=dag.dag_id,
        tasks=tuple(_task(task, position, weights[task.task_id], has_setups=setups) for task in ordered),
        groups={group_id: expansions.of_group(group) for group_id, group in mapped.items()},
        fail_fast=bool(getattr(dag, "fail_fast", False) or getattr(dag, "fail_stop", False)),  # renamed in 3.0
    )


def _task(task: Any, position: dict[str, int], weight: int, *, has_setups: bool) -> Task:
    groups = tuple(group.group_id for group in task.iter_mapped_task_groups())
    direct = getattr(task.task_group, "group_id", None)
    return Task(
        task_id=task.task_id,
        operator=task.task_type,
        upstream=_sorted(task.upstream_task_ids, position),
        downstream=_sorted(task.downstream_task_ids, position),
        trigger_rule=_rule(task.trigger_rule),
        is_setup=bool(task.is_setup),
        is_teardown=bool(task.is_teardown),
        on_failure_fail_dagrun=bool(task.is_teardown and task.on_failure_fail_dagrun),
        setups=_sorted(_indirect_setups(task), position) if has_setups and not task.is_teardown else (),
        scope=_sorted(_teardown_scope(task), position) if task.is_teardown else (),
        retries=_retries(task),
        weight=weight,
        is_skip_mixin=_is_skip_mixin(task),
        decides=decides(task),
        has_condition=_has_condition(task),
        expands=expansions.of_task(task),
        groups=groups,
        in_mapped_group=bool(groups) and direct == groups[0],
    )


@functools.cache
def skip_mixins() -> tuple[type, ...]:
    """Return the bases of operators that decide what runs below them.

    On 2.x models/skipmixin.py; on 3.x the standard provider has it, and since 3.2 sdk/bases/skipmixin.py.
    """
    if not versions.at_least(3, 0):
        from airflow.models.skipmixin import SkipMixin

        return (SkipMixin,)
    from airflow.providers.standard.utils.skipmixin import SkipMixin as ProviderSkipMixin

    if not versions.at_least(3, 2):
        return (ProviderSkipMixin,)
    from airflow.sdk.bases.skipmixin import SkipMixin as SDKSkipMixin

    return (ProviderSkipMixin, SDKSkipMixin)


def decides(task: Any) -> bool:
    """Tell whether an operator, mapped or not, decides what runs below it.

    Before 3.0 every sensor is a SkipMixin (sensors/base.py), which never orders anything.
    """
    own, mixins = operator_class(task), skip_mixins()
    if not issubclass(own, mixins):
        return False
    if versions.at_least(3, 0):
        return True
    from airflow.sensors.base import BaseSensorOperator

    if not issubclass(own, BaseSensorOperator):
        return True
    others = (one for one in own.__mro__ if one not in mixins and not issubclass(one, BaseSensorOperator))
    return any(issubclass(one, mixins) for one in others)


def _is_skip_mixin(task: Any) -> bool:
    """As not_previously_skipped_dep.py asks: the class before 3.0 (False if mapped), a flag of the operator since."""
    if versions.at_least(3, 0):
        return bool(task.inherits_from_skipmixin)
    return isinstance(task, skip_mixins())


def operator_class(task: Any) -> type:
    """Return the class of an operator, of a mapped one that of its instances."""
    found = task.operator_class if isinstance(task, mapped_operator()) else type(task)
    return found if isinstance(found, type) else object


def _has_condition(task: Any) -> bool:
    """Tell whether `run_if` or `skip_if` (decorators/condition.py, since 2.10) stands before the task."""
    hook = getattr(task, "_pre_execute_hook", None)
    if isinstance(task, mapped_operator()):
        hook = task.partial_kwargs.get("pre_execute")
    return getattr(hook, "__qualname__", "").startswith("combine_hooks.")


def _rule(rule: Any) -> str:
    return str(getattr(rule, "value", rule))


def _sorted(task_ids: Iterable[str], position: dict[str, int]) -> tuple[str, ...]:
    return tuple(sorted(task_ids, key=position.__getitem__))


def _topological(tasks: dict[str, Any]) -> Iterator[Any]:
    number = {task_id: n for n, task_id in enumerate(tasks)}
    waiting = {task_id: len(task.upstream_task_ids) for task_id, task in tasks.items()}
    free = [number[task_id] for task_id, count in waiting.items() if not count]
    ids = list(tasks)
    while free:
        task = tasks[ids[heapq.heappop(free)]]
        yield task
        for below in task.downstream_task_ids:
            waiting[below] -= 1
            if not waiting[below]:
                heapq.heappush(free, number[below])


def _indirect_setups(task: Any) -> set[str]:
    """Setups further up that hold a task back, in trigger_rule_dep.py `relevant_setups` less the direct parents."""
    return {setup.task_id for setup in task.get_upstreams_only_setups()} - set(task.upstream_task_ids)


def _teardown_scope(task: Any) -> set[str]:
    """Tasks between a teardown's setups and itself, as `_evaluate_teardown_scope` (trigger_rule_dep.py, 3.2)."""
    indirect = task.get_flat_relative_ids(upstream=True) - set(task.upstream_task_ids)
    setups = (parent for parent in task.upstream_list if parent.is_setup)
    return {one for setup in setups for one in indirect & setup.get_flat_relative_ids(upstream=False)}


def _retries(task: Any) -> Retries:
    backoff = task.retry_exponential_backoff
    longest = task.max_retry_delay
    return Retries(
        count=int(task.retries or 0),
        delay=_duration(task.retry_delay),
        backoff=2.0 if backoff is True else float(backoff or 0),  # a switch until 3.1, a multiplier since 3.2
        longest=None if longest is None else _duration(longest),
        ceiling=datetime.timedelta(seconds=_max_retry_delay()),
    )


def _duration(value: Any) -> datetime.timedelta:
    return value if isinstance(value, datetime.timedelta) else datetime.timedelta(seconds=value)


def _max_retry_delay() -> int:
    if versions.at_least(3, 0):
        from airflow.sdk.definitions._internal.abstractoperator import MAX_RETRY_DELAY as SDK_MAX_RETRY_DELAY

        return int(SDK_MAX_RETRY_DELAY)
    from airflow.models.abstractoperator import MAX_RETRY_DELAY

    return int(MAX_RETRY_DELAY)


def _total_weights(ordered: list[Any], position: dict[str, int]) -> dict[str, int]:
    """What the scheduler sorts ready tasks by; a weight strategy of the user's own counts as `absolute`."""
    own = [int(task.priority_weight or 0) for task in ordered]
    below, above = _closure(reversed(ordered), position, "downstream"), _closure(ordered, position, "upstream")
    around = {"downstream": below, "upstream": above}
    found = {}
    for number, task in enumerate(ordered):
        related = around.get(_weight_rule(task.weight_rule))
        found[task.task_id] = own[number] + (_sum_of(own, related[number]) if related else 0)
    return found


def _weight_rule(rule: Any) -> str:
    """Return the rule's name: a text or an enum member until 2.8, a strategy object since 2.9."""
    names = {"_DownstreamPriorityWeightStrategy": "downstream", "_UpstreamPriorityWeightStrategy": "upstream"}
    return names.get(type(rule).__name__) or _rule(rule)


def _closure(tasks: Iterable[Any], position: dict[str, int], way: str) -> dict[int, int]:
    """Return all relatives of each task as a bit mask of positions: the sets would be large in long DAGs."""
    masks: dict[int, int] = {}
    for task in tasks:
        mask = 0
        for task_id in getattr(task, f"{way}_task_ids"):
            relative = position[task_id]
            mask |= masks[relative] | 1 << relative
        masks[position[task.task_id]] = mask
    return masks


def _sum_of(weights: list[int], mask: int) -> int:
    if len(set(weights)) == 1:
        return weights[0] * mask.bit_count()
    return sum(weight for number, weight in enumerate(weights) if mask >> number & 1)
