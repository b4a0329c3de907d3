"""A DAG as plain data: what the generator makes, and what both engines are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["work", "list", "branch", "branch_day", "short_circuit"]
Behaviour = Literal["success", "fail", "skip", "flaky", "hopeless"]  # flaky: fails once; hopeless: fails for good


@dataclass(frozen=True, slots=True, kw_only=True)
class Expands:
    """Mapped over a literal of `count` elements, or over what task `source` returns."""

    count: int = 0
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`behaviours` by map index (the last one for all further); `answer` is what a branch or short circuit returns.

    `otherwise` is what it returns at odd map indexes, and what a branch_day follows on the wrong day. `length` is that
    of the list which a `list` returns.
    """

    id: str
    kind: Kind = "work"
    group: str | None = None
    rule: str = "all_success"
    behaviours: tuple[Behaviour, ...] = ("success",)
    retries: int = 0
    answer: Any = None
    otherwise: Any = None
    ignore_downstream: bool = True
    length: int = 0
    expands: Expands | None = None
    setup: bool = False
    teardown_of: tuple[str, ...] = ()
    fails_run: bool = False

    def behaviour(self, index: int) -> Behaviour:
        """Return what the instance at a map index does."""
        return self.behaviours[min(max(index, 0), len(self.behaviours) - 1)]

    def answered(self, index: int) -> Any:
        """Return what the instance at a map index returns; elements can be `op_args` of what is mapped over them."""
        if self.kind == "list":
            return [[[number]] for number in range(self.length)]
        if self.kind == "work":
            return [[index]]
        return self.otherwise if self.otherwise is not None and index % 2 == 1 else self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A task group, mapped or plain, at the top or in a plain one."""

    id: str
    parent: str | None = None
    expands: Expands | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Ids of tasks and groups are whole (`group.task`); `edges` go from and to tasks and groups."""

    name: str
    tasks: tuple[Task, ...]
    groups: tuple[Group, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    fail_fast: bool = False

    def lines(self) -> Iterator[str]:
        """Draw it for whoever has to find out why two engines disagree."""
        yield f"{self.name}{' (fail_fast)' if self.fail_fast else ''}"
        for group in self.groups:
            yield f"  group {group.id}" + (f" mapped over {_over(group.expands)}" if group.expands else "")
        for task in self.tasks:
            below = [down for up, down in self.edges if up == task.id]
            yield f"  {task.id}: {', '.join(_facts(task))}" + (f" >> {', '.join(below)}" if below else "")
        for up, down in self.edges:
            if up in {group.id for group in self.groups}:
                yield f"  {up} >> {down}"


def _over(expands: Expands) -> str:
    return expands.source or str(expands.count)


def _facts(task: Task) -> Iterator[str]:
    yield task.kind
    if task.kind == "list":
        yield f"of {task.length}"
    if task.rule != "all_success":
        yield task.rule
    if set(task.behaviours) != {"success"}:
        yield "/".join(task.behaviours)
    if task.retries:
        yield f"retries {task.retries}"
    if task.kind in {"branch", "branch_day", "short_circuit"}:
        yield f"answers {task.answer!r}" + (f" or {task.otherwise!r}" if task.otherwise else "")
    if task.kind == "short_circuit" and not task.ignore_downstream:
        yield "direct ones only"
    if task.expands:
        yield f"mapped over {_over(task.expands)}"
    if task.setup:
        yield "setup"
    if task.teardown_of:
        yield f"teardown of {', '.join(task.teardown_of)}" + (" that fails the run" if task.fails_run else "")
