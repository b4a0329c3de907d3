"""Reports dependencies that a longer path implies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dagcheck.checks.registry import Settings, check
from dagcheck.checks.subjects import at_task
from dagcheck.checks.wording import name
from dagcheck.findings import Finding, Level
from dagcheck.spec import DagSpec, TaskSpec


@check("redundant-dependency", Level.OFF, "Structure", "dag")
def redundant_dependency(dag: DagSpec, _: Settings) -> Iterator[Finding]:
    """A dependency that a longer path implies is not needed.

    Only where it makes no difference: every task of the longer path has the trigger rule all_success, and neither end
    is a branch, a setup or a teardown, whose direct dependencies have a meaning of their own; nor where the second
    task takes an XCom of the first as an argument, since that is a dependency by itself.

    Why: The graph is harder to read, and a later change of the longer path seems to change more than it does.

    Fix: Remove the direct dependency.

    Bad:
        from airflow.models.baseoperator import chain

        chain(extract, transform, load)
        extract >> load

    Good:
        from airflow.models.baseoperator import chain

        chain(extract, transform, load)
    """
    tasks = {task.task_id: task for task in dag.tasks}
    for task in dag.tasks:
        if task.branch or task.setup or task.teardown or len(task.downstream) == 1:
            continue
        for task_id in task.downstream:
            target = tasks.get(task_id)
            if target is None or not _is_plain(target) or task.task_id in target.takes_from:
                continue
            if path := _longer_path(task, target, tasks):
                yield _finding(dag, task, target, path)


def _is_plain(task: TaskSpec) -> bool:
    return task.trigger_rule == "all_success" and not (task.setup or task.teardown or task.branch)


def _longer_path(first: TaskSpec, last: TaskSpec, tasks: Mapping[str, TaskSpec]) -> tuple[str, ...]:
    """Return the ids of one path of at least three tasks from `first` to `last`, or nothing."""
    before = {one: first.task_id for one in first.downstream if one != last.task_id}
    waiting = list(before)
    while waiting:
        task = tasks.get(waiting.pop())
        if task is None or not _is_plain(task):
            continue
        for after in task.downstream:
            if after == last.task_id:
                return _walked_back(task.task_id, first.task_id, before, last.task_id)
            if after not in before:
                before[after] = task.task_id
                waiting.append(after)
    return ()


def _walked_back(task_id: str, first: str, before: Mapping[str, str], last: str) -> tuple[str, ...]:
    path = [last, task_id]
    while path[-1] != first:
        path.append(before[path[-1]])
    return tuple(reversed(path))


def _finding(dag: DagSpec, first: TaskSpec, last: TaskSpec, path: tuple[str, ...]) -> Finding:
    direct = f"{name(first.task_id)} >> {name(last.task_id)}"
    return Finding(
        check="redundant-dependency",
        **at_task(dag, first),
        what=f"the dependency {direct} is implied by a longer path",
        why="the graph is harder to read than it needs to be",
        fix=f"remove {direct}",
        proof=(" >> ".join(name(task_id) for task_id in path),),
    )
