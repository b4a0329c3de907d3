"""Reports a file that does not finish importing."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.places import innermost
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import frame_lines
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@check("import-timeout", Level.ERROR, "Loading", "file")
def import_timeout(record: FileRecord, settings: Settings) -> Iterator[Finding]:
    """A DAG file must finish importing within the time limit.

    Why: Airflow stops the import after [core] dagbag_import_timeout, 30 seconds by default, and then has none of the
    file's DAGs. Until then the file holds up all others that the same process should parse.

    Fix: Look at the line where the file stood when time was up, and move what it waits for into a task. If the file
    is slow but right, raise `timeout` under [tool.dagcheck], and Airflow's own limit with it.

    Bad:
        import time

        from warehouse import client

        while not client.is_ready():
            time.sleep(10)

    Good:
        from airflow.sdk import task  # airflow.decorators on Airflow 2

        @task.sensor(poke_interval=10, mode="reschedule")
        def warehouse_is_ready() -> bool:
            from warehouse import client

            return client.is_ready()
    """
    failure = record.failure
    if failure is None or failure.kind != "timeout":
        return
    limit = settings.timeout if failure.status is None else failure.status
    file, line = innermost(failure, record.file)
    hung = "the line where it stood" if line is None else f"line {line}"
    yield Finding(
        check="import-timeout",
        file=file,
        line=line,
        what=f"did not finish importing within {limit:g} s",
        why="Airflow has a limit too ([core] dagbag_import_timeout), and then has none of the file's DAGs",
        fix=f"move what {hung} waits for into a task; if the file only needs longer, raise [tool.dagcheck] timeout",
        proof=tuple(frame_lines(failure.frames)),
    )
