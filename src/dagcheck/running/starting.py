"""Who cannot be started on Airflow 3.0: its API server must know how often mapped groups upstream are mapped.

As `ti_run` and `_get_upstream_map_indexes` of 3.0 (api_fastapi/execution_api/routes/task_instances.py): a direct parent
in another mapped group, whose elements are not all literal, needs the length of the innermost group around it. Without
one the server answers with an error, and the try fails before the operator runs. 3.1 asks no more.
"""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.running.attempt import Ending, TaskError
from dagcheck.running.instances import Instance, Instances
from dagcheck.running.lengths import Length, measure, measured

REFUSED = Ending(
    state="failed",
    retryable=False,  # in `dag.test()`; elsewhere a retry fails in the same way
    error=TaskError(
        type="airflow.sdk.api.client.ServerResponseError",
        message="Airflow 3.0 cannot start a task before it knows how often a mapped group upstream is mapped",
    ),
)


def is_refused(instances: Instances, one: Instance) -> bool:
    """Tell whether the server would refuse to start this instance at this moment."""
    return any(instances.length(length) is None for length in _asked(instances, one))


def deciding(instances: Instances, one: Instance) -> Iterator[Instance]:
    """Yield the instances whose values decide whether this one can be started."""
    plan = instances.plan
    for length in _asked(instances, one):
        yield from instances.of(plan.positions[task_id] for task_id in measured(length))


def _asked(instances: Instances, one: Instance) -> Iterator[Length]:
    """Yield the lengths for which the server asks."""
    nodes, groups = instances.plan.nodes, instances.plan.graph.groups
    for upstream in (nodes[position].task for position in one.node.upstream):
        around = [groups[group].length for group in upstream.groups]
        at_home = upstream.groups[:1] == one.node.task.groups[:1]
        if not at_home and any(measure(length, _unknown) is None for length in around):
            yield around[0]


def _unknown(_: str) -> None:
    return None
