"""What the checks on the runs of DAGs share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from dagcheck.checks.subjects import at_dag, at_task
from dagcheck.checks.wording import one_line
from dagcheck.findings import Finding
from dagcheck.record import FileRecord, Swept, SweptFact, SweptKind
from dagcheck.spec import DagSpec, TaskSpec
from dagcheck.sweeping.words import call, said

Words: TypeAlias = "str | Callable[[SweptFact], str]"


def swept_dags(record: FileRecord) -> Iterator[tuple[Swept, DagSpec]]:
    """Yield what runs have shown of each of a file's DAGs."""
    dags = {dag.dag_id: dag for dag in record.dags}
    for swept in record.swept:
        if swept.dag_id in dags:
            yield swept, dags[swept.dag_id]


def facts(record: FileRecord, *kinds: SweptKind) -> Iterator[tuple[SweptFact, Swept, DagSpec]]:
    """Yield a file's facts of these kinds."""
    for swept, dag in swept_dags(record):
        for fact in swept.facts:
            if fact.kind in kinds:
                yield fact, swept, dag


def task_of(fact: SweptFact, dag: DagSpec) -> TaskSpec | None:
    """Return the task that a fact is about."""
    return next((task for task in dag.tasks if task.task_id == fact.task_id), None)


def told(check: str, record: FileRecord, *kinds: SweptKind, why: Words, fix: Words) -> Iterator[Finding]:
    """Yield a finding for each of a file's facts of these kinds; `why` and `fix` may depend on the fact."""
    for fact, swept, dag in facts(record, *kinds):
        words = [one(fact) if callable(one) else one for one in (why, fix)]
        yield finding(check, fact, swept, dag, why=words[0], fix=words[1])


def finding(check: str, fact: SweptFact, swept: Swept, dag: DagSpec, *, why: str, fix: str) -> Finding:
    """Return the finding of a fact, with the line that shows it in a test."""
    task = task_of(fact, dag)
    where = at_dag(dag) if task is None else at_task(dag, task)
    proof = (f"in a test: {one_line(call(fact, dag.dag_id))}",)
    return Finding(check=check, **where, what=one_line(said(fact, swept)), why=why, fix=fix, proof=proof)
