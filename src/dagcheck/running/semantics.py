"""What differs between Airflow versions in how a run goes on, as named switches.

The engine asks these switches and never a version; `dagcheck._airflow.semantics` sets them. Where each comes from
stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Semantics:
    """Named switches; the defaults are those of the newest Airflow known, 3.3.

    `group_look` says which tasks directly in a mapped group look at all instances of a parent, also of a parent in
    the same group, instead of at their own index: none, those with a fast rule, all; `unexpanded-if-fast` means only
    until they are expanded, and in plain groups inside of the mapped one as well.
    `order_index` says at which map index a task looks for the skip order of a parent: its own, -1, or its own if the
    parent is a mapped operator and -1 otherwise.
    """

    removed_is_forgiven: bool = True  # a removed parent counts as done well also for a task that is not mapped
    one_success_is_needed: bool = True  # none_failed_min_one_success without a success: upstream_failed
    teardown_waits_for_scope: bool = True  # a teardown waits for everything between its setups and itself
    group_look: Literal["own", "all", "all-if-fast", "unexpanded-if-fast"] = "unexpanded-if-fast"
    skip_spares_finished: bool = True  # a skip order leaves running, success and failed alone
    skip_ends_task: bool = True  # an order to skip ends the operator at once; a mapped task's waits for a look back
    skip_of_one_index_is_for_all: bool = False  # a short circuit of one map index skips all instances at once
    order_index: Literal["own", "plain", "by-parent"] = "by-parent"
    order_by_any_operator: bool = False  # skip orders left by operators that are no SkipMixin count as well
    mapped_source_fails_early: bool = True  # MappedTaskUpstreamDep exists
    start_needs_group_lengths: bool = False  # of mapped groups that parents are in: `dagcheck.running.starting`
    backoff_counts_next_try: bool = False  # the jitter of a retry's delay is drawn for the next try's number
