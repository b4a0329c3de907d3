from __future__ import annotations

import signal

import pytest

from dagcheck.checks.import_crash import import_crash
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.record import Failure, FileRecord, Frame, Raised

FILE = "dags/bad.py"
STACK = (Frame(file=FILE, line=5, function="<module>", text="os._exit(0)"),)


def crash(failure: Failure) -> Finding:
    [finding] = import_crash(FileRecord(file=FILE, failure=failure), Settings(memory_mib=512))
    return finding


def test_an_exit_with_status_0_is_a_crash() -> None:
    assert crash(Failure(kind="exit", status=0, frames=STACK)).lines() == [
        "dags/bad.py:5: the process exited with status 0 while importing [import-crash]",
        "    it takes Airflow's parsing process with it, and the file's DAGs are gone without an import error",
        "    dags/bad.py:5 in <module>: os._exit(0)",
        "    fix: raise an exception instead of exiting, or delete the call",
    ]


def test_system_exit_is_a_crash_with_the_line_that_raised_it() -> None:
    raised = Raised(type="SystemExit", message="3", frames=(Frame(file=FILE, line=9, function="stop"),))
    finding = crash(Failure(kind="exit", status=3, chain=(raised,)))
    assert finding.headline == "dags/bad.py:9: the process exited with status 3 while importing [import-crash]"
    assert finding.proof == ("dags/bad.py:9 in stop",)


def test_a_status_that_nobody_knows_is_not_made_up() -> None:
    assert crash(Failure(kind="exit")).what == "the process exited while importing"


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGTERM])
def test_a_signal_is_named(number: signal.Signals) -> None:
    finding = crash(Failure(kind="crash", status=int(number), frames=STACK))
    assert finding.what == f"the process was killed by {number.name} while importing"


def test_a_killed_process_may_have_run_out_of_memory() -> None:
    assert "out of memory" in crash(Failure(kind="crash", status=9)).why


@pytest.mark.parametrize(("status", "words"), [(250, "signal 250"), (None, "a signal")])
def test_a_signal_without_a_name_is_told_by_its_number(status: int | None, words: str) -> None:
    assert crash(Failure(kind="crash", status=status)).what == f"the process was killed by {words} while importing"


def test_a_process_that_stopped_itself_was_not_killed() -> None:
    finding = crash(Failure(kind="crash", status=int(signal.SIGSTOP)))
    assert finding.what == "the process was stopped by SIGSTOP while importing"


def test_a_file_that_damages_dagcheck_is_told_with_what_it_did() -> None:
    finding = crash(Failure(kind="forged", output="json.loads changed\n"))
    assert finding.headline == "dags/bad.py: interfered with the process that imports it [import-crash]"
    assert finding.proof == ("last output:", "| json.loads changed")


def test_the_memory_limit_is_told_in_mib() -> None:
    assert crash(Failure(kind="memory", status=64)).what == "ran out of memory while importing: more than 64 MiB"


def test_a_memory_error_is_told_with_the_configured_limit() -> None:
    raised = Raised(type="MemoryError", message="", frames=STACK)
    finding = crash(Failure(kind="memory", chain=(raised,)))
    assert finding.headline == "dags/bad.py:5: ran out of memory while importing: more than 512 MiB [import-crash]"


def test_the_last_lines_of_the_output_are_shown() -> None:
    output = "\n".join(f"line {number}" for number in range(50)) + "\n\n\x1b[31mdouble free\n"
    finding = crash(Failure(kind="crash", status=6, output=output))
    assert finding.proof[0] == "last output:"
    assert finding.proof[1:3] == ("| line 41", "| line 42")
    assert finding.proof[-1] == r"| \x1b[31mdouble free"


@pytest.mark.parametrize("kind", ["exception", "timeout", "refused"])
def test_other_failures_are_not_crashes(kind: str) -> None:
    record = FileRecord(file=FILE, failure=Failure(kind=kind))  # type: ignore[arg-type]
    assert list(import_crash(record, Settings())) == []


def test_a_file_that_loaded_did_not_crash() -> None:
    assert list(import_crash(FileRecord(file=FILE), Settings())) == []
