"""Random shapes, from a seed: the same seed gives the same shape on every Python and every Airflow.

Without LatestOnlyOperator: what it decides depends on the clock, which `dag.test()` and `run_dag` start elsewhere.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from shapes import Behaviour, Expands, Group, Kind, Shape, Task

RULES = (
    "all_success", "all_failed", "all_done", "all_done_min_one_success", "one_success", "one_failed", "one_done",
    "none_failed", "none_skipped", "always", "none_failed_min_one_success", "all_skipped", "all_done_setup_success",
)  # fmt: skip
_ORDINARY_RULES = 0.45  # so many tasks keep all_success
_BEHAVIOURS: tuple[Behaviour, ...] = ("success", "fail", "skip", "flaky", "hopeless")
_WEIGHTS = (62, 14, 15, 6, 3)
_DECIDING: tuple[Kind, ...] = ("branch", "branch_day", "short_circuit")


def generate(seed: int) -> Shape:
    """Return a DAG of 5 to 15 tasks."""
    return _Generator(random.Random(seed)).shape(f"seed_{seed}")  # noqa: S311 -- no secret


class _Generator:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._groups: list[Group] = []
        self._tasks: list[Task] = []
        self._edges: list[tuple[str, str]] = []

    def shape(self, name: str) -> Shape:
        fail_fast = self._happens(0.08)
        self._place()
        self._join()
        self._tasks = [self._filled(task, fail_fast=fail_fast) for task in self._tasks]
        self._map()
        self._set_up()
        self._decide()
        return Shape(
            name=name, tasks=tuple(self._tasks), groups=tuple(self._groups), edges=tuple(self._edges),
            fail_fast=fail_fast,
        )  # fmt: skip

    def _happens(self, probability: float) -> bool:
        return self._chance.random() < probability

    def _place(self) -> None:
        """Put tasks into groups; the tasks of a group follow each other."""
        group, left = None, 0
        for number in range(self._chance.randint(5, 15)):
            if left == 0 and self._happens(0.25):
                group, left = self._open_group(None), self._chance.randint(1, 4)
            elif left == 0:
                group = None
            elif left > 1 and group is not None and group.parent is None and self._happens(0.2):
                group = self._open_group(group)
            left = max(0, left - 1)
            prefix = f"{group.id}." if group else ""
            self._tasks.append(Task(id=f"{prefix}t{number}", group=group.id if group else None))

    def _open_group(self, parent: Group | None) -> Group:
        prefix = f"{parent.id}." if parent else ""
        expands = None
        if self._happens(0.5) and (parent is None or parent.expands is None):
            expands = Expands(count=self._chance.choice((0, 1, 2, 2, 3)))
        made = Group(id=f"{prefix}g{len(self._groups)}", parent=parent.id if parent else None, expands=expands)
        self._groups.append(made)
        return made

    def _join(self) -> None:
        """Draw edges from earlier to later tasks, and some from and to whole groups."""
        for position, task in enumerate(self._tasks):
            for parent in self._chance.sample(
                self._tasks[:position], min(position, self._chance.choice((0, 1, 1, 2, 3)))
            ):
                self._edge(parent, task)

    def _edge(self, parent: Task, task: Task) -> None:
        up, down = parent.id, task.id
        if parent.group != task.group and self._happens(0.4):
            above, below = self._around(parent), self._around(task)
            if below and (not above or above[-1] != below[-1]) and self._is_before(parent, below[-1]):
                down = below[-1]
            elif above and (not below or above[-1] != below[-1]) and self._is_after(task, above[-1]):
                up = above[-1]
        if (up, down) not in self._edges:
            self._edges.append((up, down))

    def _around(self, task: Task) -> list[str]:
        """Ids of the groups around a task, innermost first."""
        found, parents = [], {group.id: group.parent for group in self._groups}
        group = task.group
        while group is not None:
            found.append(group)
            group = parents[group]
        return found

    def _inside(self, group: str) -> list[int]:
        return [position for position, task in enumerate(self._tasks) if group in self._around(task)]

    def _is_before(self, task: Task, group: str) -> bool:
        return self._tasks.index(task) < min(self._inside(group))

    def _is_after(self, task: Task, group: str) -> bool:
        return self._tasks.index(task) > max(self._inside(group))

    def _filled(self, task: Task, *, fail_fast: bool) -> Task:
        """Give a task its rule and what its instances do."""
        rule = "all_success" if fail_fast or self._happens(_ORDINARY_RULES) else self._chance.choice(RULES)
        behaviours = tuple(self._chance.choices(_BEHAVIOURS, _WEIGHTS, k=self._chance.choice((1, 2, 3))))
        return replace(task, rule=rule, behaviours=behaviours, retries=self._chance.choice((0, 0, 0, 1, 2)))

    def _map(self) -> None:
        """Let some tasks and groups be mapped, over a literal or over what a task before them returns."""
        mapped_groups = {group.id for group in self._groups if group.expands}
        for position, task in enumerate(self._tasks):
            if mapped_groups & set(self._around(task)) or not self._happens(0.22):
                continue
            source = self._source(position, mapped_groups) if self._happens(0.5) else None
            expands = Expands(source=source) if source else Expands(count=self._chance.choice((0, 1, 2, 3)))
            self._tasks[position] = replace(self._tasks[position], expands=expands)
        for number, group in enumerate(self._groups):
            if group.expands and self._happens(0.5):
                source = self._source(min(self._inside(group.id)), mapped_groups)
                self._groups[number] = replace(group, expands=Expands(source=source)) if source else group
        for position, task in enumerate(self._tasks):  # Airflow refuses the rule there
            if task.rule == "always" and (task.expands or mapped_groups & set(self._around(task))):
                self._tasks[position] = replace(task, rule="all_done")

    def _source(self, before: int, mapped_groups: set[str]) -> str | None:
        """Make an earlier task return a list, or take one that is mapped: its instances' values are a list too."""
        candidates = [one for one in range(before) if not mapped_groups & set(self._around(self._tasks[one]))]
        if not candidates:
            return None
        position = self._chance.choice(candidates)
        if not self._tasks[position].expands:
            changes: dict[str, Any] = {"kind": "list", "length": self._chance.choice((0, 1, 2, 3))}
            self._tasks[position] = replace(self._tasks[position], **changes)
        return self._tasks[position].id

    def _set_up(self) -> None:
        """Make setups and teardowns in some DAGs; what follows a setup must have the rule all_success."""
        if not self._happens(0.35):
            return
        for _ in range(self._chance.choice((1, 1, 2))):
            first, second = sorted(self._chance.sample(range(len(self._tasks)), 2))
            setup, teardown = self._tasks[first], self._tasks[second]
            if setup.teardown_of or teardown.setup or teardown.teardown_of or setup.group != teardown.group:
                continue
            self._tasks[first] = replace(setup, setup=True)
            self._tasks[second] = replace(teardown, teardown_of=(setup.id,), fails_run=self._happens(0.4))
        setups = {one for task in self._tasks if task.setup for one in (task.id, *self._around(task))}
        for position, task in enumerate(self._tasks):
            above = {task.id, *self._around(task)}
            parents = {up for up, down in self._edges if down in above} | self._sources_of(above)
            if not task.teardown_of and parents & setups:
                self._tasks[position] = replace(task, rule="all_success")

    def _sources_of(self, ids: set[str]) -> set[str]:
        """Return what these tasks and groups are mapped over: Airflow draws an edge from there."""
        everything: list[Task | Group] = [*self._tasks, *self._groups]
        return {one.expands.source for one in everything if one.id in ids and one.expands and one.expands.source}

    def _decide(self) -> None:
        """Turn some tasks with something below them into branches and short circuits."""
        for position, task in enumerate(self._tasks):
            below = [down for up, down in self._edges if up == task.id]
            if task.kind != "work" or not below or task.setup or task.teardown_of or not self._happens(0.4):
                continue
            kind = self._chance.choices(_DECIDING, (52, 13, 35))[0]
            self._tasks[position] = self._deciding(task, kind, below)

    def _deciding(self, task: Task, kind: Kind, below: list[str]) -> Task:
        if kind == "short_circuit":
            answer = self._chance.choice((True, True, False))
            return replace(task, kind=kind, answer=answer, ignore_downstream=self._happens(0.5))
        if kind == "branch_day" and (task.expands or self._is_mapped_over(task)):
            kind = "branch"
        otherwise = self._choice(task, below) if kind == "branch_day" or self._happens(0.5) else None
        return replace(task, kind=kind, answer=self._choice(task, below), otherwise=otherwise)

    def _is_mapped_over(self, task: Task) -> bool:
        everything: list[Task | Group] = [*self._tasks, *self._groups]
        return any(one.expands is not None and one.expands.source == task.id for one in everything)

    def _choice(self, task: Task, below: list[str]) -> Any:
        """Mostly ids directly below, in every form; sometimes what only looks like it."""
        some = self._chance.sample(below, self._chance.randint(1, len(below)))
        anything = [*(one.id for one in self._tasks), *(group.id for group in self._groups)]
        kind = self._chance.choices(
            ("good", "one", "nothing", "any", "own", "unknown", "number"), (45, 25, 7, 14, 3, 3, 3)
        )
        found: dict[str, Any] = {
            "good": some, "one": some[0], "nothing": self._chance.choice((None, [])), "own": task.id,
            "any": self._chance.choice(anything), "unknown": "no_such_task", "number": [7],
        }  # fmt: skip
        return found[kind[0]]
