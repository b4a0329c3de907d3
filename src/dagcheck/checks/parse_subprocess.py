"""Reports processes started, and signals sent, while parsing."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

from dagcheck.checks.events import Deed, deeds
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import listing
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord

_SIGNAL = re.compile(r"\bsignal (\d{1,3})\b")


@check("parse-subprocess", Level.ERROR, "What parsing does", "file")
def parse_subprocess(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """Parsing a DAG file must not start a process, nor send a signal to one.

    That a library asks what machine it is on as it is imported (`uname -p`) is not the DAG file's doing.

    Why: Airflow parses each file again and again, so the command runs every 30 seconds by default, on the machine of
    the DAG processor and once more on every worker, with the rights that Airflow has there.

    Fix: Run the command in a task (BashOperator, or subprocess inside a task function). A value that never changes
    between deployments, a git commit for one, is better written to a file when the DAGs are deployed. To load the
    file meanwhile, list the command under [tool.dagcheck] allow_processes.

    Bad:
        import subprocess

        COMMIT = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True)

    Good:
        from pathlib import Path

        COMMIT = Path(__file__).with_name("COMMIT").read_text()  # written when the DAGs are deployed
    """
    for deed in deeds(record, "process", "signal"):
        started = deed.kind == "process"
        yield Finding(
            check="parse-subprocess",
            file=deed.file,
            line=deed.line,
            what=f"a process is started while parsing: {deed.listed}"
            if started
            else f"a signal is sent to another process while parsing: {_named(deed)}",
            why="it happens again on every parse, with Airflow's own rights",
            fix="run the command in a task" if started else "delete the call: a DAG file owns no other process",
            proof=deed.proof,
        )


def _named(deed: Deed) -> str:
    return listing(_SIGNAL.sub(lambda found: _signal_name(int(found[1])), detail) for detail in deed.details)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
