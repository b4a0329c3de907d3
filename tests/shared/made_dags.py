"""Specs for the tests of assertions, made without Airflow."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from dagcheck.assertions.notation import parse
from dagcheck.spec import DagSpec, TaskSpec


def dag(
    text: str, *, groups: tuple[str, ...] = (), tasks: dict[str, dict[str, Any]] | None = None, **facts: Any
) -> DagSpec:
    """Return a spec with these dependencies between tasks; a task belongs to the innermost group that prefixes it.

    `tasks` gives further facts by task id.
    """
    drawing = parse(text)
    up, down = defaultdict(set), defaultdict(set)
    for upstream, downstream in drawing.edges:
        down[upstream].add(downstream)
        up[downstream].add(upstream)
    made = tuple(
        TaskSpec(**{
            "task_id": name, "operator": "EmptyOperator", "upstream": tuple(sorted(up[name])),
            "downstream": tuple(sorted(down[name])), "group": innermost(name, groups), **(tasks or {}).get(name, {}),
        })
        for name in drawing.names
    )  # fmt: skip
    parents = tuple((group, outer) for group in groups if (outer := innermost(group, groups)))
    return DagSpec(
        **{"dag_id": "orders", "file": "dags/orders.py", "line": 7, "groups": groups, "group_parents": parents,
           "tasks": made, **facts}
    )  # fmt: skip


def innermost(name: str, groups: tuple[str, ...]) -> str | None:
    return max((group for group in groups if name.startswith(f"{group}.")), key=len, default=None)
