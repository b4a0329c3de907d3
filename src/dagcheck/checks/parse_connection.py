"""Reports Connections read while parsing."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.events import deeds
from dagcheck.checks.registry import Settings, check
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@check("parse-connection", Level.WARNING, "What parsing does", "file")
def parse_connection(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A DAG file should not read Connections while it is parsed.

    Why: Every parse asks the metadata database or the secrets backend again, and brings credentials into a process
    that needs none. Where the Connection is missing, the file does not import at all.

    Fix: Give the operator the connection's id; it looks the Connection up when it runs. In your own task create the
    hook inside the function. In a templated argument write {{ conn.name.host }}.

    Bad:
        from airflow.sdk import BaseHook  # airflow.hooks.base on Airflow 2

        HOST = BaseHook.get_connection("warehouse").host

    Good:
        from airflow.sdk import task  # airflow.decorators on Airflow 2

        @task
        def load() -> None:
            from airflow.sdk import BaseHook  # airflow.hooks.base on Airflow 2

            host = BaseHook.get_connection("warehouse").host
    """
    for deed in deeds(record, "connection"):
        yield Finding(
            check="parse-connection",
            file=deed.file,
            line=deed.line,
            what=f"Connection read while parsing: {deed.listed}",
            why="every parse asks the metadata database or the secrets backend again",
            fix="give the operator the connection's id, or create the hook inside a task",
            proof=deed.proof,
        )
