"""Reports what parsing changes or leaves behind."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.events import deeds
from dagcheck.checks.registry import Settings, check
from dagcheck.findings import Finding, Level
from dagcheck.record import EventKind, FileRecord

_INSIDE = "do it inside the task that needs it"
# What happened, and what to do instead.
_STORIES: dict[EventKind, tuple[str, str]] = {
    "file": ("files are written or removed", "write inside a task, to a temporary or configured folder"),
    "environment": ("the environment is changed", "pass the value to the operator that needs it, as an argument"),
    "sys-path": ("sys.path is changed", "make the modules a package, or set PYTHONPATH ([tool.dagcheck] pythonpath)"),
    "working-directory": ("the working directory is changed", "build paths from Path(__file__).parent instead"),
    "signal-handler": ("a signal handler is set", "delete it: Airflow stops imports and tasks with its own"),
    "thread": ("a thread is left running", "start it inside a task, and join it there"),
    "child-process": ("a child process is left running", "start it inside a task, and wait for it there"),
    "exit-handler": ("an exit handler is left behind", _INSIDE),
    "module": ("sys.modules is changed", "delete it: every other DAG file gets the changed module"),
    "patch": ("code of a library is patched", "change the call instead: every other DAG file gets the patched library"),
}  # fmt: skip


@check("parse-side-effect", Level.WARNING, "What parsing does", "file")
def parse_side_effect(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """Parsing a DAG file should leave the process and the machine as it found them.

    Reported are: files written, environment variables, sys.path, working directory, signal handlers, threads and
    child processes still alive, exit handlers, modules replaced, and code of others patched.

    Why: Airflow parses many files in one process and parses each again and again. What one file leaves behind, other
    DAGs meet, and which of them depends on the order of parsing.

    Fix: Do it inside the task that needs it, or delete it. Paths start at Path(__file__).parent, not at the working
    directory; values travel as arguments, not as environment variables; your modules belong into a package or onto
    the PYTHONPATH.

    Bad:
        import os
        import sys

        os.environ["PGHOST"] = "warehouse"
        os.chdir("/opt/etl")
        sys.path.append("/opt/etl/lib")

    Good:
        from pathlib import Path

        from airflow.providers.standard.operators.bash import BashOperator

        QUERY = (Path(__file__).parent / "sql" / "orders.sql").read_text()
        load = BashOperator(task_id="load", bash_command="psql -f -", env={"PGHOST": "warehouse"}, append_env=True)
    """
    for deed in deeds(record, *_STORIES):
        if not deed.fatal:  # else import-error tells it
            story, fix = _STORIES[deed.kind]
            details = deed.listed
            yield Finding(
                check="parse-side-effect",
                file=deed.file,
                line=deed.line,
                what=f"{story} while parsing" + (f": {details}" if details else ""),
                why="the next DAG files of the same process meet it, or not, by the order of parsing",
                fix=fix,
                proof=deed.proof,
            )
