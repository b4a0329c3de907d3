"""What differs between Airflow versions in how a run goes on, as named switches.

The engine asks these switches and never a version; `dagcheck._airflow.semantics` sets them. Where each comes from
stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Which tasks of a mapped group look at all instances of a parent in the group instead of at their own index.
GroupLook = Literal["own", "all", "all-if-fast"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Semantics:
    """Named switches; the defaults are those of the newest Airflow known, 3.3."""

    removed_is_forgiven: bool = True  # a removed parent counts as done well also for a task that is not mapped
    one_success_is_needed: bool = True  # none_failed_min_one_success without a success: upstream_failed
    teardown_waits_for_scope: bool = True  # a teardown waits for everything between its setups and itself
    group_look: GroupLook = "own"
    group_summary_waits: bool = True  # not yet expanded, fast rules wait for all instances in nested groups as well
    skip_spares_finished: bool = True  # a skip order leaves running, success and failed alone
    skip_looks_at_parent: bool = True  # orders of an unmapped parent hold for its mapped children too
    order_holds_for_any_operator: bool = False  # skip orders left by operators that are no SkipMixin count
    order_ignores_map_index: bool = False  # NotPreviouslySkipped reads the parent's order at any index
    mapped_source_fails_early: bool = True  # MappedTaskUpstreamDep exists
