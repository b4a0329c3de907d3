"""Reports Connections and Variables that tasks name and nobody declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dagcheck.checks.problems import finding, of_kinds
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import listing, name
from dagcheck.errors import nearest
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord, ProblemKind


@check("unknown-connection", Level.ERROR, "Tasks", "file")
def unknown_connection(record: FileRecord, settings: Settings) -> Iterator[Finding]:
    """A Connection that a task names must be declared, once any is.

    Looked at are arguments such as `conn_id` and `postgres_conn_id`, and `conn.<id>` in templates. Declared is what
    `[tool.dagcheck.connections]` and the `connections_files` have; without any of them this check is silent.

    Why: A task whose Connection is not there fails in every run.

    Fix: Correct the id, or declare the Connection.

    Bad:
        load = SQLExecuteQueryOperator(task_id="load", conn_id="warehose", sql="load.sql")

    Good:
        load = SQLExecuteQueryOperator(task_id="load", conn_id="warehouse", sql="load.sql")
    """
    yield from _undeclared(record, "connection-used", "connection", settings.connections)


@check("unknown-variable", Level.ERROR, "Tasks", "file")
def unknown_variable(record: FileRecord, settings: Settings) -> Iterator[Finding]:
    """A Variable that a template names must be declared, once any is.

    Looked at are `var.value.<key>` and `var.json.<key>`, also with `get`, unless a default stands beside the key.
    Declared is what `[tool.dagcheck.variables]` and the `variables_files` have; without any of them this check is
    silent.

    Why: The template cannot be rendered, and the task fails in every run.

    Fix: Correct the key, declare the Variable, or give a default: `var.value.get('key', 'default')`.

    Bad:
        load = BashOperator(task_id="load", bash_command="load {{ var.value.regoin }}")

    Good:
        load = BashOperator(task_id="load", bash_command="load {{ var.value.region }}")
    """
    yield from _undeclared(record, "variable-used", "variable", settings.variables)


def _undeclared(record: FileRecord, kind: ProblemKind, noun: str, known: Iterable[str]) -> Iterator[Finding]:
    declared = sorted(known)
    for problem, dag, task in of_kinds(record, kind) if declared else ():
        if problem.detail not in declared:
            close = nearest(problem.detail, declared)
            yield finding(
                f"unknown-{noun}",
                dag,
                task,
                what=f"the {noun} {name(problem.detail)} in {name(problem.argument)} is not declared",
                why=f"the task fails in every run if Airflow has no such {noun}",
                fix=f"write {name(close)} if that was meant"
                if close
                else f"declare it under [tool.dagcheck.{noun}s] or in {noun}s_files; there are {listing(declared)}",
            )
