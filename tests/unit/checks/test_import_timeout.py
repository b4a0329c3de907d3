from __future__ import annotations

import pytest

from dagcheck.checks.import_timeout import import_timeout
from dagcheck.checks.registry import Settings
from dagcheck.record import Failure, FileRecord, Frame

FILE = "dags/slow.py"


def test_it_names_the_limit_and_the_line_where_it_hung() -> None:
    frames = (
        Frame(file=FILE, line=12, function="<module>", text="rows = fetch()"),
        Frame(file="dags/lib.py", line=4, function="fetch"),
    )
    record = FileRecord(file=FILE, failure=Failure(kind="timeout", frames=frames, status=30))
    [finding] = import_timeout(record, Settings())
    assert finding.lines() == [
        "dags/lib.py:4: did not finish importing within 30 s [import-timeout]",
        "    Airflow has a limit too ([core] dagbag_import_timeout), and then has none of the file's DAGs",
        "    dags/slow.py:12 in <module>: rows = fetch()",
        "    dags/lib.py:4 in fetch",
        "    fix: move what line 4 waits for into a task; if the file only needs longer, raise [tool.dagcheck] timeout",
    ]


def test_without_a_stack_it_names_the_file_and_the_configured_limit() -> None:
    record = FileRecord(file=FILE, failure=Failure(kind="timeout"))
    [finding] = import_timeout(record, Settings(timeout=2.5))
    assert finding.headline == "dags/slow.py: did not finish importing within 2.5 s [import-timeout]"
    assert finding.fix.startswith("move what the line where it stood waits for into a task")


@pytest.mark.parametrize("kind", ["exception", "exit", "crash", "memory", "refused"])
def test_other_failures_are_not_timeouts(kind: str) -> None:
    record = FileRecord(file=FILE, failure=Failure(kind=kind))  # type: ignore[arg-type]
    assert list(import_timeout(record, Settings())) == []


def test_a_file_that_loaded_has_no_timeout() -> None:
    assert list(import_timeout(FileRecord(file=FILE), Settings())) == []
