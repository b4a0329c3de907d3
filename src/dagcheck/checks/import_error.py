"""Reports a file that does not import, and a DAG that Airflow refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dagcheck.checks.events import told_by_an_event
from dagcheck.checks.hints import hint_for, hint_for_refusal
from dagcheck.checks.places import innermost
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import chain_lines, one_line, raised_line
from dagcheck.findings import Finding, Level
from dagcheck.record import Failure, FileRecord, Refusal
from dagcheck.spec import DagSpec, find_cycle


@check("import-error", Level.ERROR, "Loading", "file")
def import_error(record: FileRecord, settings: Settings) -> Iterator[Finding]:
    """A DAG file must import without an exception, and Airflow must accept every DAG that it makes.

    Why: Airflow shows an import error instead of the file's DAGs. None of them is scheduled until it is gone, also
    those that were made before the line that failed.

    Fix: Correct the line that the finding names; where dagcheck knows the cause, it names the remedy. The causes met
    most often are a package that is not installed, a module or argument that the installed Airflow no longer has, and
    a Variable, Connection, environment variable or file that only the production machine has. Declare those under
    [tool.dagcheck] (variables, connections, environment, pythonpath), or read them inside a task. If a DAG file
    replaces the exception by another one, the finding shows the whole chain, the cause last.

    Bad:
        import os

        from airflow.utils.dates import days_ago  # gone in Airflow 3

        BUCKET = os.environ["BUCKET"]  # not set on every machine that parses the file

    Good:
        import os

        import pendulum

        BUCKET = os.environ.get("BUCKET", "orders-dev")
        START = pendulum.datetime(2025, 1, 1, tz="UTC")
    """
    for failure in filter(None, (record.failure, *record.further)):
        one = replace(record, failure=failure)
        if failure.kind in {"exception", "refused"} and not told_by_an_event(one, settings.deciding):
            yield _failed(one, failure)
    for refusal in record.refusals:
        if not _is_no_import_error(refusal, record.dags):
            yield _refused(record, refusal)


def _failed(record: FileRecord, failure: Failure) -> Finding:
    file, line = innermost(failure, failure.member or record.file)
    hint = hint_for(record)
    shown = raised_line(failure.chain[0]) if failure.chain else "the file did not import"
    return Finding(
        check="import-error",
        file=file,
        line=line,
        what=shown,
        why=hint.why,
        fix=hint.fix,
        proof=tuple(chain_lines(failure.chain)),
    )


def _refused(record: FileRecord, refusal: Refusal) -> Finding:
    hint = hint_for_refusal(refusal)
    return Finding(
        check="import-error",
        file=record.file,
        line=refusal.line,
        dag_id=one_line(refusal.dag_id),
        what=one_line(f"{refusal.type.rpartition('.')[2]}: {refusal.message}"),
        why=hint.why,
        fix=hint.fix,
    )


def _is_no_import_error(refusal: Refusal, dags: tuple[DagSpec, ...]) -> bool:
    """True for a duplicate, for a cycle that the spec shows too, and for a DAG left out on purpose."""
    if refusal.type.endswith(("DuplicatedIdException", "ClusterPolicySkipDag")):
        return True
    return refusal.type.endswith("CycleException") and any(
        dag.dag_id == refusal.dag_id and find_cycle({task.task_id: task.downstream for task in dag.tasks})
        for dag in dags
    )
