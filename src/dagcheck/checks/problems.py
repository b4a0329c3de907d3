"""What the checks on a file's problems share."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.subjects import at_dag, at_task
from dagcheck.checks.wording import name
from dagcheck.findings import Finding
from dagcheck.record import FileRecord, Problem, ProblemKind
from dagcheck.spec import DagSpec, TaskSpec


def of_kinds(record: FileRecord, *kinds: ProblemKind) -> Iterator[tuple[Problem, DagSpec, TaskSpec | None]]:
    """Yield a file's problems of these kinds, each with its DAG and its task."""
    dags = {dag.dag_id: dag for dag in record.dags}
    for problem in record.problems:
        dag = dags.get(problem.dag_id) if problem.kind in kinds else None
        if dag is not None:
            yield problem, dag, next((task for task in dag.tasks if task.task_id == problem.task_id), None)


def finding(check: str, dag: DagSpec, task: TaskSpec | None, *, what: str, why: str, fix: str) -> Finding:
    """Return a finding about a task, or about the DAG."""
    where = at_dag(dag) if task is None else at_task(dag, task)
    return Finding(check=check, **where, what=what, why=why, fix=fix)


def did_you_mean(more: tuple[str, ...], otherwise: str) -> str:
    """Return the fix that names what is nearest, if anything is."""
    return f"write {name(more[0])} if that was meant" if more else otherwise
