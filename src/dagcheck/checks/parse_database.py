"""Reports use of Airflow's metadata database while parsing."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.events import deeds
from dagcheck.checks.registry import Settings, check
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@check("parse-database", Level.ERROR, "What parsing does", "file")
def parse_database(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """Parsing a DAG file must not use Airflow's metadata database.

    Why: Airflow parses each file again and again, so one query at module level becomes a steady load on the database
    that the scheduler needs. From Airflow 3 on, DAG code has no access to it at all.

    Fix: Ask inside a task, and through what Airflow offers there: the context, XComs, or the REST API. A session or a
    query of the models (DagRun, TaskInstance, DagModel) does not belong in a DAG file.

    Bad:
        from airflow.models import DagRun
        from airflow.utils.session import create_session

        with create_session() as session:
            FAILED = session.query(DagRun).filter(DagRun.state == "failed").count()

    Good:
        from airflow.sdk import task  # airflow.decorators on Airflow 2

        @task
        def previous_success(prev_data_interval_end_success=None) -> str:
            return str(prev_data_interval_end_success)
    """
    for deed in deeds(record, "database"):
        details = deed.listed
        yield Finding(
            check="parse-database",
            file=deed.file,
            line=deed.line,
            what="Airflow's metadata database is used while parsing" + (f": {details}" if details else ""),
            why="every parse queries the database that the scheduler needs; Airflow 3 gives DAG code no access to it",
            fix="move the query into a task, through the context or the REST API",
            proof=deed.proof,
        )
