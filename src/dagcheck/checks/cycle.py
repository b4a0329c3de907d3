"""Reports tasks that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import name, one_line, place
from dagcheck.findings import Finding, Level
from dagcheck.spec import DagSpec, TaskSpec, find_cycle

_MOST_IDS = 20
_MOST_STEPS = 40


@check("cycle", Level.ERROR, "Loading", "dag")
def cycle(dag: DagSpec, _: Settings) -> Iterator[Finding]:
    """The dependencies of a DAG must not lead from a task back to itself.

    Why: Airflow refuses the whole DAG. Its own message names one task of the cycle; this one shows the path.

    Fix: Remove one of the dependencies of the path. Often one `>>` points the wrong way, or the same list was chained
    twice.

    Bad:
        from airflow.sdk import dag, task  # airflow.decorators on Airflow 2

        @dag(schedule=None)
        def orders():
            @task
            def extract(): ...

            @task
            def load(): ...

            first, last = extract(), load()
            first >> last
            last >> first

        orders()

    Good:
        from airflow.sdk import dag, task  # airflow.decorators on Airflow 2

        @dag(schedule=None)
        def orders():
            @task
            def extract(): ...

            @task
            def load(): ...

            extract() >> load()

        orders()
    """
    tasks = {task.task_id: task for task in dag.tasks}
    path = find_cycle({task_id: task.downstream for task_id, task in tasks.items()})
    if not path:
        return
    first = tasks[path[0]]
    yield Finding(
        check="cycle",
        file=one_line(dag.file if first.file is None else first.file),
        line=dag.line if first.file is None else first.line,
        dag_id=one_line(dag.dag_id),
        what=f"the tasks form a cycle: {_arrows(path)}",
        why="Airflow refuses the whole DAG",
        fix=f"remove the dependency {name(path[-2])} >> {name(path[-1])}, or another one of the path",
        proof=tuple(_steps([tasks[task_id] for task_id in path[:-1]])),
    )


def _arrows(path: tuple[str, ...]) -> str:
    ids = [name(task_id) for task_id in path]
    if len(ids) > _MOST_IDS:
        half = _MOST_IDS // 2
        ids = [*ids[:half], f"... {len(ids) - 2 * half} more ...", *ids[-half:]]
    return " -> ".join(ids)


def _steps(tasks: list[TaskSpec]) -> Iterator[str]:
    """Where each task of the path was made."""
    for task in tasks[:_MOST_STEPS]:
        if task.file is not None:
            yield f"{place(task.file, task.line)}: {name(task.task_id)}"
    if len(tasks) > _MOST_STEPS:
        yield f"... {len(tasks) - _MOST_STEPS} more tasks ..."
