"""What the installed Airflow does in a run where versions differ, as the engine's switches."""

from __future__ import annotations

import functools
from typing import Literal

from dagcheck._airflow import versions
from dagcheck.running.semantics import Semantics


@functools.cache
def semantics() -> Semantics:
    """Return the installed version's switches.

    Sources, all in `airflow/`: ti_deps/deps/trigger_rule_dep.py (removed parents and the needed success: 3.3; teardown
    scope: 3.2), ti_deps/deps/not_previously_skipped_dep.py (map index of the order: 2.10 and 3.2; orders of operators
    that are no SkipMixin: 2.10 and 2.11), ti_deps/deps/mapped_task_upstream_dep.py (2.9), for what a skip order spares
    api_fastapi/execution_api/routes/task_instances.py (3.2), for lengths of groups the same (3.0 alone),
    models/taskinstance.py, `try_number` (2.10); and skipmixin.py (3.0: DownstreamTasksSkipped; `skip` for one map
    index: models/skipmixin.py, 2.10).
    """
    return Semantics(
        removed_is_forgiven=versions.at_least(3, 3),
        one_success_is_needed=versions.at_least(3, 3),
        teardown_waits_for_scope=versions.at_least(3, 2),
        group_look=_group_look(),
        skip_spares_finished=versions.at_least(3, 2),
        skip_ends_task=versions.at_least(3, 0),
        skip_of_one_index_is_for_all=not versions.at_least(2, 10),
        order_index=_order_index(),
        order_by_any_operator=(2, 10) <= versions.release() < (3, 0),
        mapped_source_fails_early=versions.at_least(2, 9),
        start_needs_group_lengths=(3, 0) <= versions.release() < (3, 1),
        backoff_counts_next_try=not versions.at_least(2, 10),
    )


def _group_look() -> Literal["own", "all", "all-if-fast", "unexpanded-if-fast"]:
    """In trigger_rule_dep.py, `_get_relevant_upstream_map_indexes`: changed in 2.8, 2.10 and 3.3."""
    if versions.at_least(3, 3):
        return "unexpanded-if-fast"
    if versions.at_least(2, 10):
        return "all-if-fast"
    return "own" if versions.at_least(2, 8) else "all"


def _order_index() -> Literal["own", "plain", "by-parent"]:
    if versions.at_least(3, 2):
        return "by-parent"
    return "own" if versions.at_least(2, 10) else "plain"
