"""Reports Variables read while parsing."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.events import deeds
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import name
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@check("parse-variable", Level.WARNING, "What parsing does", "file")
def parse_variable(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A DAG file should not read Variables while it is parsed.

    Why: Every parse asks the metadata database or the secrets backend again, whether the DAG runs or not. Where the
    Variable is missing, the file does not import at all.

    Fix: In an operator's templated argument write {{ var.value.name }}, or {{ var.json.name }} for JSON; in a task
    call Variable.get inside the function. What must be known while parsing is better kept in a file or an environment
    variable.

    Bad:
        from airflow.models import Variable
        from airflow.providers.standard.operators.bash import BashOperator

        BUCKET = Variable.get("bucket")

        copy = BashOperator(task_id="copy", bash_command=f"aws s3 sync . s3://{BUCKET}")

    Good:
        from airflow.providers.standard.operators.bash import BashOperator

        copy = BashOperator(task_id="copy", bash_command="aws s3 sync . s3://{{ var.value.bucket }}")
    """
    for deed in deeds(record, "variable"):
        yield Finding(
            check="parse-variable",
            file=deed.file,
            line=deed.line,
            what=f"Variable read while parsing: {deed.listed}",
            why="every parse asks the metadata database or the secrets backend again",
            fix=f"use {_template(deed.details[0])} in a templated argument, or read it inside a task",
            proof=deed.proof,
        )


def _template(key: str) -> str:
    return f"{{{{ var.value.{name(key)} }}}}" if key.isidentifier() else f"{{{{ var.value.get('{name(key)}') }}}}"
