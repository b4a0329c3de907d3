"""Reports what parsing changes or leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dagcheck.checks.events import deeds
from dagcheck.checks.registry import Settings, check
from dagcheck.findings import Finding, Level
from dagcheck.record import EventKind, FileRecord

_MEETS = "the next DAG files of the same process meet it, or not, by the order of parsing"
_AGAIN = "it happens again on every parse, on every machine that parses the file"


class _Story(NamedTuple):
    """What happened, why it matters, what to do instead."""

    what: str
    why: str
    fix: str


_STORIES: dict[EventKind, _Story] = {
    "file": _Story("files are written or removed", _AGAIN, "write inside a task, to a temporary or configured folder"),
    "environment": _Story(
        "the environment is changed", _MEETS, "pass the value to the operator that needs it, as an argument"
    ),
    "sys-path": _Story(
        "sys.path is changed", _MEETS, "make the modules a package, or set PYTHONPATH ([tool.dagcheck] pythonpath)"
    ),
    "working-directory": _Story(
        "the working directory is changed", _MEETS, "build paths from Path(__file__).parent instead"
    ),
    "signal-handler": _Story(
        "a signal handler is set", "Airflow stops imports and tasks with its own handlers", "delete it"
    ),
    "thread": _Story("a thread is left running", _AGAIN, "start it inside a task, and join it there"),
    "child-process": _Story("a child process is left running", _AGAIN, "start it inside a task, and wait for it there"),
    "exit-handler": _Story("an exit handler is left behind", _AGAIN, "clean up inside the task that needs it"),
    "module": _Story("sys.modules is changed", _MEETS, "import the module that you mean instead of replacing another"),
    "patch": _Story("code of a library is patched", _MEETS, "change your call instead of the library"),
}


@check("parse-side-effect", Level.WARNING, "What parsing does", "file")
def parse_side_effect(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """Parsing a DAG file should leave the process and the machine as it found them.

    Reported are: files written, environment variables, sys.path, working directory, signal handlers, threads and
    child processes still alive, exit handlers, modules replaced, and code of others patched. Files and variables that a
    library writes for itself as it is imported are not the DAG file's doing.

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
        if deed.told_as_import_error:
            continue
        story, details = _STORIES[deed.kind], deed.listed
        yield Finding(
            check="parse-side-effect",
            file=deed.file,
            line=deed.line,
            what=f"{story.what} while parsing" + (f": {details}" if details else ""),
            why=story.why,
            fix=story.fix,
        )
