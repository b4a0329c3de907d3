"""Processes and signals."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

Guarded = Callable[..., SimpleNamespace]


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("import subprocess\nsubprocess.run(['ls', '-l'])", "ls -l"),
        ("import subprocess\nsubprocess.run([b'ls', '-l'])", "ls -l"),
        ("import subprocess\nsubprocess.run('ls -l', shell=True)", "/bin/sh -c ls -l"),
        ("import os\nos.system('ls -l')", "ls -l"),
        ("import os\nos.popen('ls -l')", "/bin/sh -c ls -l"),
        ("import os\nos.posix_spawn('/bin/ls', ['ls', '-l'], {})", "ls -l"),
        ("import os\nos.execv('/bin/ls', ['ls', '-l'])", "ls -l"),
        ("import os\nos.spawnlp(os.P_WAIT, 'ls', 'ls')", "fork"),
        ("import os\nos.fork()", "fork"),
        ("import os\nos.forkpty()", "fork"),
        ("import multiprocessing\nmultiprocessing.get_context('fork').Process(target=print).start()", "fork"),
    ],
)
def test_a_new_process_is_refused_at_the_user_s_line(guarded: Guarded, code: str, command: str) -> None:
    seen = guarded(code)
    assert seen.events == [["process", command, "dag.py", 2, True, 1]]
    assert seen.error == "ProcessRefusedError"


def test_a_terminal_of_its_own_is_refused(guarded: Guarded) -> None:
    assert guarded("import pty\npty.spawn('ls')").error == "ProcessRefusedError"


def test_the_error_is_a_permission_error(guarded: Guarded) -> None:
    code = (
        "import subprocess\ntry:\n    subprocess.run(['ls'])\nexcept PermissionError as e:\n    told['errno'] = e.errno"
    )
    assert guarded(code).told == {"errno": 1}


@pytest.mark.parametrize("program", ["'true'", "'/bin/true'", "__import__('pathlib').Path('/bin/true')"])
def test_an_allowed_command_runs_and_is_noted(guarded: Guarded, program: str) -> None:
    seen = guarded(f"import subprocess\ntold['status'] = subprocess.run([{program}]).returncode", commands=("true",))
    assert seen.told == {"status": 0}
    assert [(kind, refused) for kind, _, _, _, refused, _ in seen.events] == [("process", False)]


def test_an_allowed_command_may_be_started_by_os_system(guarded: Guarded) -> None:
    assert guarded("import os\ntold['status'] = os.system('exit 3') >> 8", commands=("exit",)).told == {"status": 3}


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess\nsubprocess.run(['true'], executable='/bin/ls')",
        "import os\nos.execv('/bin/ls', ['true'])",
        "import os\nos.posix_spawn('/bin/ls', ['true'], {})",
        "import os\nos.system('true; ls')",
        "import os\nos.system('true $(ls)')",
    ],
)
def test_another_program_under_an_allowed_name_is_refused(guarded: Guarded, code: str) -> None:
    assert guarded(code, commands=("true",)).error == "ProcessRefusedError"


def test_a_program_that_the_file_could_have_written_is_refused(guarded: Guarded, tmp_path: Path) -> None:
    code = f"import subprocess\nsubprocess.run(['{tmp_path}/true'])"
    assert guarded(code, commands=("true",), writable=(str(tmp_path),)).error == "ProcessRefusedError"


def test_a_process_of_multiprocessing_is_refused(guarded: Guarded) -> None:
    code = "import multiprocessing\nmultiprocessing.get_context('spawn').Process(target=print).start()"
    seen = guarded(code)
    assert seen.error == "ProcessRefusedError"
    assert [(kind, line, refused) for kind, _, _, line, refused, _ in seen.events] == [("process", 2, True)]


def test_a_signal_by_a_descriptor_is_refused(guarded: Guarded) -> None:
    code = "import os, signal\nsignal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0)"
    assert guarded(code).error == "ProcessRefusedError"


def test_allowing_one_command_allows_no_other(guarded: Guarded) -> None:
    assert (
        guarded("import subprocess\nsubprocess.run(['ls', 'true'])", commands=("true",)).error == "ProcessRefusedError"
    )


def test_forking_can_not_be_allowed(guarded: Guarded) -> None:
    assert guarded("import os\nos.fork()", commands=("fork", "*")).error == "ProcessRefusedError"


@pytest.mark.parametrize(
    ("call", "target"),
    [
        ("os.kill(os.getppid(), 0)", str(os.getpid())),
        ("os.kill(0, 0)", "0"),
        ("os.kill(-1, 0)", "-1"),
        ("os.killpg(77, 0)", "77"),
    ],
    ids=["parent", "own group", "everybody", "another group"],
)
def test_a_signal_to_anybody_else_is_refused(guarded: Guarded, call: str, target: str) -> None:
    seen = guarded(f"import os\n{call}")
    assert seen.error == "ProcessRefusedError"
    assert seen.events == [["signal", f"signal 0 to process {target}", "dag.py", 2, True, 1]]


def test_the_limits_of_another_process_are_out_of_reach(guarded: Guarded) -> None:
    assert guarded("import os, resource\nresource.prlimit(os.getppid(), 7)").error == "ProcessRefusedError"


@pytest.mark.parametrize("process", ["0", "os.getpid()"])
def test_its_own_limits_are_not(guarded: Guarded, process: str) -> None:
    seen = guarded(f"import os, resource\nresource.prlimit({process}, 7)")
    assert (seen.error, seen.events) == ("NoneType", [])


def test_a_signal_to_the_own_group_is_refused(guarded: Guarded) -> None:
    assert guarded("import os\nos.killpg(os.getpgrp(), 0)").error == "ProcessRefusedError"


def test_a_refused_signal_does_not_arrive(guarded: Guarded) -> None:
    code = """import os, signal
signal.signal(signal.SIGUSR1, lambda *_: told.update(arrived=True))
try:
    os.kill(0, signal.SIGUSR1)
except PermissionError:
    told["refused"] = True
"""
    assert guarded(code).told == {"refused": True}


def test_a_signal_to_itself_is_let_through_and_leaves_word(guarded: Guarded) -> None:
    handler = "import os, signal\nsignal.signal(signal.SIGUSR1, lambda *_: told.update(arrived=True))\n"
    code = f"{handler}os.kill(os.getpid(), signal.SIGUSR1)"
    seen = guarded(code)
    assert (seen.told, seen.events) == ({"arrived": True}, [])
    assert seen.notes == [f"os.kill {int(signal.SIGUSR1)}"]
