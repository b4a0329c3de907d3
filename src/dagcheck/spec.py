"""A DAG as frozen plain data.

Structural checks, cross-DAG checks, assertions and snapshots work on these objects alone, so they need
neither Airflow nor the DAG file. Paths are relative to the rootdir with forward slashes (absolute outside
of it), durations are seconds, dates ISO 8601 with their UTC offset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalRef:
    """Another DAG that a task waits for, or tells; no task ids means the whole run.

    `behind`: how many seconds before the task's own logical date that of the other run lies; None if a function or a
    template decides.
    """

    dag_id: str
    task_ids: tuple[str, ...] = ()
    behind: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSpec:
    """One task; `file` and `line` are the user's own call that created it.

    `poke_timeout`: how long, in seconds, a sensor holds its worker slot (mode poke, not deferrable).
    `takes_from`: the tasks whose XComs are among its arguments (TaskFlow, `.output`), whatever they are nested in.
    """

    task_id: str
    operator: str
    file: str | None = None
    line: int | None = None
    upstream: tuple[str, ...] = ()
    downstream: tuple[str, ...] = ()
    takes_from: tuple[str, ...] = ()
    trigger_rule: str = "all_success"
    group: str | None = None
    mapped: bool = False
    branch: bool = False
    setup: bool = False
    teardown: bool = False
    on_failure_fail_dagrun: bool = False
    owner: str = "airflow"
    retries: int = 0
    retry_delay: float = 300.0
    execution_timeout: float | None = None
    depends_on_past: bool = False
    poke_timeout: float | None = None
    pool: str = "default_pool"
    pool_slots: int = 1
    queue: str | None = None
    priority_weight: int = 1
    inlets: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    waits_for: tuple[ExternalRef, ...] = ()
    triggers: tuple[ExternalRef, ...] = ()
    documented: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DagSpec:
    """One DAG; `schedule` is what the author meant (a cron expression, a duration, `@once`, assets), not a class.

    `tasks` stand in the order in which the file defined them; `assets` are the URIs or names it is scheduled on,
    `watched` those of them that a watcher updates. `group_parents` has, of each group inside another one, its own id
    and the other's.
    """

    dag_id: str
    file: str
    line: int | None = None
    schedule: str | None = None
    assets: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    timezone: str = "UTC"
    start_date: str | None = None
    end_date: str | None = None
    catchup: bool = False
    max_active_runs: int | None = None
    max_active_tasks: int | None = None
    description: str | None = None
    documented: bool = False
    tags: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    group_parents: tuple[tuple[str, str], ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    @property
    def task_ids(self) -> tuple[str, ...]:
        """Ids in the order of definition."""
        return tuple(task.task_id for task in self.tasks)

    def edges(self) -> Iterator[tuple[str, str]]:
        """Yield every direct (upstream, downstream) pair once."""
        for task in self.tasks:
            for downstream in task.downstream:
                yield task.task_id, downstream


def find_cycle(downstream: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return one cycle as `("a", "b", "a")`, starting at its smallest id, or nothing.

    Iterative depth-first walk in id order: the same graph gives the same cycle, however deep it is.
    """
    done: set[str] = set()
    for root in sorted(downstream):
        if root in done:
            continue
        path = {root: None}  # in order, and quick to ask
        stack: list[tuple[str, Iterator[str]]] = [(root, iter(sorted(downstream[root])))]
        while stack:
            node, children = stack[-1]
            child = next((c for c in children if c not in done and c in downstream), None)
            if child is None:
                done.add(node)
                stack.pop()
                del path[node]
            elif child in path:
                nodes = list(path)
                return _from_smallest(nodes[nodes.index(child) :])
            else:
                path[child] = None
                stack.append((child, iter(sorted(downstream[child]))))
    return ()


def _from_smallest(cycle: list[str]) -> tuple[str, ...]:
    start = cycle.index(min(cycle))
    turned = cycle[start:] + cycle[:start]
    return (*turned, turned[0])
