"""Reports a file that ends the process that imports it."""

from __future__ import annotations

import signal
from collections.abc import Iterator

from dagcheck.checks.places import innermost
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import chain_lines, frame_lines, last_lines
from dagcheck.findings import Finding, Level
from dagcheck.record import Failure, FileRecord

_STOPPED = frozenset({"SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"})
_KILLED = {
    "SIGKILL": "nothing in Python can catch it; often it is the kernel that ran out of memory",
    "SIGSEGV": "a C extension read memory that is not its own, or the C stack overflowed",
    "SIGABRT": "a C extension gave up",
    "SIGILL": "a C extension was built for another processor",
    "SIGBUS": "a C extension read memory that is not there",
}


@check("import-crash", Level.ERROR, "Loading", "file")
def import_crash(record: FileRecord, settings: Settings) -> Iterator[Finding]:
    """Importing a DAG file must not end or damage the process: no exit, no signal, no exhausted memory.

    Why: The file takes Airflow's parsing process with it, and an exit with status 0 even looks like success to
    everything that watches exit statuses, a CI job among them.

    Fix: Never call sys.exit, exit or os._exit at module level; raise an exception instead, which Airflow can show.
    After a signal, look at the C extension that the named line uses: reinstall it, or import it inside the task.
    If memory ran out, load the data inside a task, or raise `memory` under [tool.dagcheck].

    Bad:
        import sys
        from pathlib import Path

        if not Path("/opt/etl/settings.toml").exists():
            sys.exit(0)

    Good:
        from pathlib import Path

        SETTINGS = Path(__file__).parent / "settings.toml"
        if not SETTINGS.exists():
            raise FileNotFoundError(SETTINGS)
    """
    failure = record.failure
    if failure is None or failure.kind not in {"exit", "crash", "memory", "forged"}:
        return
    what, why, fix = _story(failure, settings)
    file, line = innermost(failure, record.file)
    output = last_lines(failure.output)
    proof = [*chain_lines(failure.chain), *([] if failure.chain else frame_lines(failure.frames))]
    yield Finding(
        check="import-crash",
        file=file,
        line=line,
        what=what,
        why=why,
        fix=fix,
        proof=(*proof, *(["last output:"] if output else []), *(f"| {text}" for text in output)),
    )


def _story(failure: Failure, settings: Settings) -> tuple[str, str, str]:
    if failure.kind == "exit":
        return (
            "the process exited" + _with_status(failure.status) + " while importing",
            "it takes Airflow's parsing process with it, and the file's DAGs are gone without an import error",
            "raise an exception instead of exiting, or delete the call",
        )
    if failure.kind == "memory":
        limit = settings.memory_mib if failure.status is None else failure.status
        return (
            f"ran out of memory while importing: more than {limit} MiB",
            "Airflow's parsing process would be killed, and the file's DAGs with it",
            "load the data inside a task; if the import itself needs that much, raise [tool.dagcheck] memory",
        )
    if failure.kind == "forged":
        return (
            "interfered with the process that imports it",
            "dagcheck's own channel or code was changed, so nothing that this file says can be believed",
            "do not write to file descriptors, nor patch libraries, that the file did not open or define itself",
        )
    killer = _signal_name(failure.status)
    ended = "stopped" if killer in _STOPPED else "killed"
    return (
        f"the process was {ended} by {killer} while importing",
        _KILLED.get(killer, "it takes Airflow's parsing process with it"),
        "import and use what the last line calls inside a task, or reinstall the C extension behind it",
    )


def _with_status(status: int | None) -> str:
    return "" if status is None else f" with status {status}"


def _signal_name(number: int | None) -> str:
    if number is None:
        return "a signal"
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
