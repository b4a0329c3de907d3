"""What the engine needs to know of a DAG: frozen facts, compiled once by `dagcheck._airflow.graphs`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from dagcheck.running.lengths import Expansion, measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often and when a task is tried again; a `backoff` of 0 or 1 means the same delay each time.

    `ceiling` is [core] max_task_retry_delay: it bounds a delay with backoff alone.
    """

    count: int = 0
    delay: datetime.timedelta = datetime.timedelta(minutes=5)
    backoff: float = 0.0
    longest: datetime.timedelta | None = None
    ceiling: datetime.timedelta = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task; upstream and downstream are direct relatives, in the DAG's own order.

    `setups` are the setups further up that hold it back (without its direct parents), `scope` for a teardown all tasks
    between its setups and itself (without its direct parents). `groups` are the mapped groups around it, innermost
    first; `in_mapped_group` tells that the innermost group of all is one of them.
    Two flags say what is executed in a simulation as well: `decides`, its operator is a SkipMixin and decides what runs
    below it; `has_condition`, it has a `run_if` or `skip_if` of its own. `is_skip_mixin` is what Airflow itself takes
    it for, which before 3.0 is False for a mapped one.
    """

    task_id: str
    operator: str = ""
    upstream: tuple[str, ...] = ()
    downstream: tuple[str, ...] = ()
    trigger_rule: str = "all_success"
    is_setup: bool = False
    is_teardown: bool = False
    on_failure_fail_dagrun: bool = False
    setups: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    retries: Retries = Retries()
    weight: int = 1
    is_skip_mixin: bool = False
    decides: bool = False
    has_condition: bool = False
    expands: Expansion | None = None
    groups: tuple[str, ...] = ()
    in_mapped_group: bool = False

    @property
    def is_mapped(self) -> bool:
        """Tell whether it has several instances, by itself or by a group."""
        return self.expands is not None or bool(self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A DAG's tasks, upstream before downstream, and how its mapped groups are expanded."""

    dag_id: str
    tasks: tuple[Task, ...]
    groups: Mapping[str, Expansion] = field(default_factory=dict)
    fail_fast: bool = False

    @property
    def task_ids(self) -> tuple[str, ...]:
        """Ids, upstream before downstream."""
        return tuple(task.task_id for task in self.tasks)

    def mapped_over(self) -> set[str]:
        """Return the tasks whose values decide how often others run."""
        expansions = [task.expands for task in self.tasks if task.expands] + list(self.groups.values())
        return {task_id for expansion in expansions for task_id in measured(expansion.length)}

    def run_leaves(self) -> frozenset[str]:
        """Return the tasks whose states decide the run's: leaves, teardowns left out unless they may fail the run.

        As DagRun._tis_for_dagrun_state, the same from 2.7 to 3.3.
        """
        by_id = {task.task_id: task for task in self.tasks}

        def counts(task: Task) -> bool:
            return not task.is_teardown or task.on_failure_fail_dagrun

        leaves = {
            task.task_id
            for task in self.tasks
            if counts(task) and not any(counts(by_id[below]) for below in task.downstream)
        }
        return frozenset(leaves or {task.task_id for task in self.tasks if not task.downstream})
