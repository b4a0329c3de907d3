"""Assertions about DAGs, for any test runner: each raises AssertionError with what was expected and what was found.

Each takes a DAG object, a `DagSpec`, or the id of a DAG in the configured folder. An id, function or value that cannot
be meant (a misspelt task, a text that is no notation) raises `dagcheck.errors.UsageError` instead, with the nearest
valid one: then the test itself is wrong, or what it was about is gone. `__tracebackhide__` is what lets pytest show the
test's own line instead of ours.
"""

from dagcheck.assertions.across import assert_asset_flow, assert_triggers, assert_waits_for
from dagcheck.assertions.dependencies import (
    assert_dependencies,
    assert_downstream,
    assert_no_cycles,
    assert_order,
    assert_path,
    assert_upstream,
)
from dagcheck.assertions.schedules import assert_schedule
from dagcheck.assertions.tasks import assert_group, assert_task, assert_tasks

__all__ = [
    "assert_asset_flow",
    "assert_dependencies",
    "assert_downstream",
    "assert_group",
    "assert_no_cycles",
    "assert_order",
    "assert_path",
    "assert_schedule",
    "assert_task",
    "assert_tasks",
    "assert_triggers",
    "assert_upstream",
    "assert_waits_for",
]
