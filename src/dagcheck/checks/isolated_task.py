"""Reports tasks that nothing ties to the rest of their DAG."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.registry import Settings, check
from dagcheck.checks.subjects import at_task
from dagcheck.findings import Finding, Level
from dagcheck.spec import DagSpec


@check("isolated-task", Level.WARNING, "Structure", "dag")
def isolated_task(dag: DagSpec, _: Settings) -> Iterator[Finding]:
    """A task should be tied to the other tasks of its DAG.

    A DAG none of whose tasks has a dependency is meant that way, and is left alone.

    Why: A task without dependencies starts at once and nothing waits for it. In a DAG whose other tasks are tied to
    each other that is most often a forgotten `>>`.

    Fix: Add the dependency. If the task really stands alone, give it a DAG of its own, or ignore this check at its
    line.

    Bad:
        from airflow.sdk import dag, task  # airflow.decorators on Airflow 2

        @dag(schedule=None)
        def orders():
            @task
            def extract(): ...

            @task
            def load(): ...

            @task
            def notify(): ...

            extract() >> load()
            notify()

        orders()

    Good:
        from airflow.sdk import dag, task  # airflow.decorators on Airflow 2

        @dag(schedule=None)
        def orders():
            @task
            def extract(): ...

            @task
            def load(): ...

            @task
            def notify(): ...

            extract() >> load() >> notify()

        orders()
    """
    alone = [task for task in dag.tasks if not task.upstream and not task.downstream]
    if len(alone) == len(dag.tasks):
        return
    for task in alone:
        yield Finding(
            check="isolated-task",
            **at_task(dag, task),
            what=f"no dependency ties it to the other {len(dag.tasks) - 1} tasks of the DAG",
            why="it starts at once, and nothing waits for it",
            fix="add the dependency that was meant, or give it a DAG of its own",
        )
