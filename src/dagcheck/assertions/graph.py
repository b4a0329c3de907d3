"""The tasks and groups of a DAG as a graph: what an id stands for, what can be reached from where."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping

from dagcheck.assertions.notation import Edge
from dagcheck.errors import UnknownIdError, UsageError, unknown
from dagcheck.spec import DagSpec, TaskSpec

Ids = frozenset[str]


class Graph:
    """Who depends on whom in a DAG; every method takes ids of tasks and of groups alike.

    An id that the DAG does not have raises UnknownIdError: the test is wrong, or the DAG lost the task.
    """

    def __init__(self, spec: DagSpec) -> None:
        self.spec = spec
        self.tasks = {task.task_id: task for task in spec.tasks}
        self.edges = frozenset(spec.edges())
        self._down = {task.task_id: frozenset(task.downstream) for task in spec.tasks}
        self._up = {task.task_id: frozenset(task.upstream) for task in spec.tasks}

    @functools.cached_property
    def groups(self) -> dict[str, Ids]:
        """The tasks of each group, those of groups inside it included."""
        parents = dict(self.spec.group_parents)
        members: dict[str, set[str]] = {group: set() for group in self.spec.groups}
        for task in self.spec.tasks:
            group = task.group
            while group:
                members.setdefault(group, set()).add(task.task_id)
                group = parents.get(group)
        return {group: frozenset(tasks) for group, tasks in members.items()}

    def require(self, *names: str) -> None:
        """Raise UnknownIdError for the first id that is neither a task's nor a group's."""
        for name in names:
            if name not in self.tasks and name not in self.groups:
                raise UnknownIdError(
                    f"{self.spec.dag_id}: {unknown('task or group', name, [*self.tasks, *self.groups])}"
                )

    def task(self, task_id: str) -> TaskSpec:
        """Return a task; a group is refused."""
        if task_id not in self.tasks:
            raise UnknownIdError(f"{self.spec.dag_id}: {unknown('task', task_id, self.tasks)}")
        return self.tasks[task_id]

    def members(self, name: str) -> Ids:
        """The tasks that an id stands for: itself, or all tasks of the group."""
        self.require(name)
        return self.groups.get(name, frozenset({name}))

    def roots(self, name: str) -> Ids:
        """The tasks that `x >> name` reaches: of a group those without upstream tasks in it."""
        return self._ends(name, lambda task, inside: () if self._up[task] & inside else (task,))

    def leaves(self, name: str) -> Ids:
        """The tasks that `name >> x` starts from: of a group those without downstream tasks in it.

        A teardown is no leaf; what it tears down is (utils/task_group.py of 2.11, sdk/definitions/taskgroup.py of
        3.3, `get_leaves`).
        """
        return self._ends(name, self._leaves_of)

    def _ends(self, name: str, of: Callable[[str, Ids], Iterable[str]]) -> Ids:
        inside = self.members(name)
        if name in self.tasks:
            return inside
        if not inside:
            raise UsageError(f"{self.spec.dag_id}: group {name!r} has no tasks, so nothing can depend on it")
        return frozenset(end for task in inside for end in of(task, inside))

    def _leaves_of(self, task: str, inside: Ids) -> Iterator[str]:
        if self._down[task] & inside:
            return
        if self.tasks[task].teardown:
            yield from self._before_teardown(task, inside)
        else:
            yield task

    def _before_teardown(self, task: str, inside: Ids) -> Iterator[str]:
        for upstream in self._up[task] & inside:
            if self.tasks[upstream].teardown:
                yield from self._before_teardown(upstream, inside)
            elif not self.tasks[upstream].setup and not self._goes_on(upstream, inside - {task}):
                yield upstream

    def _goes_on(self, task: str, inside: Ids) -> bool:
        return any(not self.tasks[one].teardown for one in self._down[task] & inside)

    def direct(self, name: str, *, up: bool) -> Ids:
        """The tasks directly upstream (or downstream) of a task, or of a group as a whole."""
        inside, links = self.members(name), self._up if up else self._down
        return frozenset(other for task in inside for other in links[task]) - (inside - {name})

    def reach(self, name: str, *, up: bool) -> Ids:
        """All tasks upstream (or downstream) of a task or group, however far."""
        return frozenset(self._walk(name, self._up if up else self._down)) - (self.groups.get(name, frozenset()))

    def _walk(self, name: str, links: Mapping[str, Ids]) -> dict[str, str]:
        """Return each task reached, with the one that it was first reached from."""
        border = sorted(self.members(name))
        found: dict[str, str] = {}
        while border:
            task = border.pop(0)
            for other in sorted(links.get(task, ())):
                if other not in found:
                    found[other] = task
                    border.append(other)
        return found

    def path(self, start: str, end: str) -> list[str]:
        """Return the shortest way along dependencies from one task or group to another, or nothing."""
        found = self._walk(start, self._down)
        goal = next((task for task in found if task in self.members(end)), None)
        if goal is None:
            return []
        steps = [goal]
        while steps[-1] not in self.members(start) or len(steps) == 1:
            steps.append(found[steps[-1]])
        return steps[::-1]

    def expand(self, edges: Iterable[Edge]) -> set[Edge]:
        """Return the dependencies between tasks that dependencies between tasks and groups stand for."""
        return {(one, two) for up, down in edges for one in self.leaves(up) for two in self.roots(down)}
