"""What Airflow's SkipMixin makes of the ids that a branch returns, as a pure function of the graph.

The same in models/skipmixin.py (2.7 to 2.11) and the standard provider's utils/skipmixin.py (3.x), down to what it
does not check: any id of the DAG will do, also one far below, above, or nowhere near the branch.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dagcheck.running.attempt import UNMAPPED, SkipOrder
from dagcheck.running.plan import Plan


class InvalidChoiceError(ValueError):
    """The ids are none that Airflow accepts: the branch fails."""


def order_to_follow(plan: Plan, task_id: str, map_index: int, chosen: Any) -> SkipOrder | None:
    """Return what `skip_all_except` orders; None for a task with nothing below it."""
    followed, left = plan.sides(task_id, _valid_ids(plan, chosen))
    if not (followed or left):
        return None
    now = tuple((child, map_index) for child in left)
    if plan.semantics.skip_ends_task and map_index != UNMAPPED:
        now = ()
    return SkipOrder(now=now, followed=followed)


def order_to_skip(plan: Plan, map_index: int, task_ids: Iterable[str]) -> SkipOrder | None:
    """Return what `skip` orders for these tasks; None if there are none."""
    skipped = tuple(task_ids)
    if not skipped:
        return None
    index = UNMAPPED if plan.semantics.skip_ends_task else None
    at_once = map_index == UNMAPPED or plan.semantics.skip_of_one_index_is_for_all
    return SkipOrder(now=tuple((one, index) for one in skipped) if at_once else (), skipped=skipped)


def _valid_ids(plan: Plan, chosen: Any) -> frozenset[str]:
    if chosen is None:
        return frozenset()
    if isinstance(chosen, str):
        chosen = [chosen]
    if not isinstance(chosen, Iterable):
        kind = type(chosen).__name__
        raise InvalidChoiceError(
            f"'branch_task_ids' must be either None, a task ID, or an Iterable of IDs, but got {kind!r}."
        )
    ids = frozenset(chosen)
    wrong = {(one, type(one).__name__) for one in ids if not isinstance(one, str)}
    if wrong:
        raise InvalidChoiceError(f"'branch_task_ids' expected all task IDs are strings. Invalid tasks found: {wrong}.")
    unknown = {one for one in ids if one not in plan.positions}
    if unknown:
        raise InvalidChoiceError(f"'branch_task_ids' must contain only valid task_ids. Invalid tasks found: {unknown}.")
    return ids
