"""What the installed Airflow does in a run where versions differ, as the engine's switches."""

from __future__ import annotations

import functools

from dagcheck._airflow import versions
from dagcheck.running.semantics import GroupLook, Semantics


@functools.cache
def semantics() -> Semantics:
    """Return the installed version's switches.

    Sources, all in `airflow/`: ti_deps/deps/trigger_rule_dep.py (removed parents and the needed success: 3.3; teardown
    scope: 3.2), ti_deps/deps/not_previously_skipped_dep.py (map index of the order: 2.10 and 3.2; SkipMixin only: 2.9
    and older, 3.0 and newer), ti_deps/deps/mapped_task_upstream_dep.py (2.9), and for what a skip order spares
    api_fastapi/execution_api/routes/task_instances.py (3.2).
    """
    return Semantics(
        removed_is_forgiven=versions.at_least(3, 3),
        one_success_is_needed=versions.at_least(3, 3),
        teardown_waits_for_scope=versions.at_least(3, 2),
        group_look=_group_look(),
        group_summary_waits=versions.at_least(3, 3),
        skip_spares_finished=versions.at_least(3, 2),
        skip_looks_at_parent=versions.at_least(3, 2),
        order_holds_for_any_operator=(2, 10) <= versions.release() < (3, 0),
        order_ignores_map_index=not versions.at_least(2, 10),
        mapped_source_fails_early=versions.at_least(2, 9),
    )


def _group_look() -> GroupLook:
    """In trigger_rule_dep.py, `_get_relevant_upstream_map_indexes`: 2.7 all, 2.10 to 3.2 the fast rules."""
    if not versions.at_least(2, 8):
        return "all"
    return "all-if-fast" if (2, 10) <= versions.release() < (3, 3) else "own"
