"""Reports connections and name look-ups while parsing."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.events import deeds
from dagcheck.checks.registry import Settings, check
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@check("parse-network", Level.ERROR, "What parsing does", "file")
def parse_network(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """Parsing a DAG file must not use the network.

    Why: Airflow parses each file again and again, every 30 seconds by default, and once more before every task. Each
    of these parses then waits for the other side, and while that side is down the file's DAGs are gone.

    Fix: Move the call into a task, so that it happens when the DAG runs. If the DAG's shape depends on the answer,
    use dynamic task mapping, or have another DAG write the answer to a file beside the DAG file. To load the file
    meanwhile, list the host under [tool.dagcheck] allow_network.

    Bad:
        import requests
        from airflow.sdk import dag, task  # airflow.decorators on Airflow 2

        TABLES = requests.get("https://catalogue.example.com/tables", timeout=10).json()

    Good:
        from airflow.sdk import dag, task  # airflow.decorators on Airflow 2

        @task
        def tables() -> list[str]:
            import requests

            return requests.get("https://catalogue.example.com/tables", timeout=10).json()
    """
    for deed in deeds(record, "network"):
        yield Finding(
            check="parse-network",
            file=deed.file,
            line=deed.line,
            what=f"the network is used while parsing: {deed.listed}",
            why="every parse waits for the other side, and while that is down the file's DAGs are gone",
            fix="move the call into a task",
            proof=deed.proof,
        )
