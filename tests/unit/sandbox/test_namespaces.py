"""What the kernel gives differs from machine to machine; that it is what `Powers` says must hold on all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dagcheck.sandbox.namespaces import Powers, available

RunPython = Callable[..., Any]

# Enters the namespaces, then runs `code` in a child, which says `told` in JSON.
ENTER = """
import json, os, signal, socket, sys, threading, time
from dataclasses import asdict
from dagcheck.sandbox.namespaces import adopt_orphans, available, die_with_parent, enter
%s
outside = os.getpid(), os.getppid()
owner = os.geteuid(), os.getegid()
powers = enter(network=%s, protect=sys.argv[1:])
reading, writing = os.pipe()
if os.fork() == 0:
    os.close(reading)
    told = None
%s
    os.write(writing, json.dumps([asdict(powers), told]).encode())
    os._exit(0)
os.close(writing)
sys.stdout.write(os.fdopen(reading).read())
"""

# What root has to do to be like any other user: PR_SET_DUMPABLE of linux/prctl.h gives /proc/self back to him.
# What is imported late is imported first: nobody may be unable to read the interpreter's folder.
BE_NOBODY = """
import ctypes, encodings.ascii
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
"""

# Signal 0 only asks whether the process could be reached.
REACHES = """
def reaches(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
"""

# A user without rights, in a process with two threads, which may not have a user namespace (unshare(2)).
WITHOUT_RIGHTS = """
import json, os, threading, time
from dataclasses import asdict
from dagcheck.sandbox.namespaces import enter
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
print(json.dumps(asdict(enter(network=True))), flush=True)
os._exit(0)
"""


def inside(
    run_python: RunPython, code: str, *protect: Path, network: bool = True, before: str = ""
) -> tuple[Powers, Any]:
    indented = "".join(f"    {line}\n" for line in code.splitlines())
    powers, told = run_python(REACHES + ENTER % (before, network, indented), *map(str, protect))
    return Powers(**powers), told


def test_entering_gives_what_was_said_to_be_available(run_python: RunPython) -> None:
    assert inside(run_python, "")[0] == available()


def test_asking_changes_nothing_for_who_asks(run_python: RunPython) -> None:
    names = ("net", "pid_for_children", "user")
    links = f"[os.readlink('/proc/self/ns/' + name) for name in {names}]"
    code = f"import json, os\nfrom dagcheck.sandbox.namespaces import available\nbefore = {links}\navailable()\n"
    assert run_python(f"{code}print(json.dumps(before == {links}))") is True


def test_the_first_child_is_process_1_exactly_if_processes_are_said_to_be_apart(run_python: RunPython) -> None:
    powers, pid = inside(run_python, "told = os.getpid()")
    assert (pid == 1) == powers.processes


def test_no_process_outside_can_be_reached_exactly_if_processes_are_apart(run_python: RunPython) -> None:
    powers, reached = inside(run_python, "told = [pid > 2 and reaches(pid) for pid in outside]")
    assert reached == [not powers.processes] * 2


def test_a_signal_to_everybody_reaches_nobody_outside(run_python: RunPython) -> None:
    # asked only where it does no harm if it were wrong: signal 0
    powers, reached = inside(run_python, "told = reaches(-1)")
    assert not (powers.processes and reached)


def test_process_1_survives_what_its_children_send(run_python: RunPython) -> None:
    code = """
is_first = os.getpid() == 1
pid = os.fork()
if pid == 0:
    if is_first:
        os.kill(1, signal.SIGTERM)
        os.kill(1, signal.SIGKILL)
    os._exit(7)
told = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""
    assert inside(run_python, code)[1] == 7


def test_all_that_is_left_ends_with_process_1(run_python: RunPython) -> None:
    # what is left holds the output open, so that waiting for the output's end would take too long
    code = "told = True\nif os.fork() == 0:\n    os.setsid(); time.sleep(300 if powers.processes else 0); os._exit(0)"
    assert inside(run_python, code)[1] is True


def test_there_is_only_a_loopback_exactly_if_the_network_is_said_to_be_apart(run_python: RunPython) -> None:
    powers, names = inside(run_python, "told = [name for _, name in socket.if_nameindex()]")
    assert "lo" in names
    assert not powers.network or names == ["lo"]


def test_the_loopback_works(run_python: RunPython) -> None:
    code = """
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
    client.sendall(b"hello")
    told = server.accept()[0].recv(5).decode()
"""
    assert inside(run_python, code)[1] == "hello"


def test_nothing_foreign_can_be_reached_where_the_network_is_apart(run_python: RunPython) -> None:
    code = """
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
told = sock.connect_ex(("192.0.2.1", 9))
"""
    powers, status = inside(run_python, code)
    assert not powers.network or status == 101  # ENETUNREACH


def test_the_machine_s_network_can_be_kept(run_python: RunPython) -> None:
    code = "import json, os\nprint(json.dumps(os.readlink('/proc/self/ns/net')))"
    powers, link = inside(run_python, "told = os.readlink('/proc/self/ns/net')", network=False)
    assert (powers.network, powers.processes) == (False, available().processes)
    assert link == run_python(code)


# Tries to change files and says by what error it was kept from that.
CHANGE = """
def attempt(change, path):
    try:
        change(path)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"
told = [attempt(os.remove, folder + "/old"), attempt(os.mkdir, folder + "/new")]
"""


def test_a_protected_folder_is_read_only_exactly_if_files_are_said_to_be_apart(
    tmp_path: Path, run_python: RunPython
) -> None:
    (tmp_path / "repo" / "dags").mkdir(parents=True)
    (tmp_path / "repo" / "dags" / "old").touch()
    code = f"import errno\nfolder = {str(tmp_path / 'repo' / 'dags')!r}\n{CHANGE}"
    powers, told = inside(run_python, code, tmp_path / "repo")
    assert told == (["EROFS"] * 2 if powers.files else ["done"] * 2)


def test_what_is_not_protected_can_be_written(tmp_path: Path, run_python: RunPython) -> None:
    for name in ("repo", "free"):
        (tmp_path / name).mkdir()
    (tmp_path / "free" / "old").touch()
    code = f"import errno\nfolder = {str(tmp_path / 'free')!r}\n{CHANGE}"
    assert inside(run_python, code, tmp_path / "repo")[1] == ["done"] * 2


def test_a_protected_folder_can_be_written_from_outside(tmp_path: Path, run_python: RunPython) -> None:
    (tmp_path / "repo").mkdir()
    inside(run_python, "", tmp_path / "repo")
    (tmp_path / "repo" / "new").touch()
    assert (tmp_path / "repo" / "new").exists()


def test_the_user_stays_who_he_is(run_python: RunPython) -> None:
    assert inside(run_python, "told = owner == (os.geteuid(), os.getegid())")[1] is True


def test_a_user_without_rights_stays_who_he_is_and_has_what_is_said(run_python: RunPython) -> None:
    code = "told = [owner == (os.geteuid(), os.getegid()), os.getpid() == 1, len(socket.if_nameindex()) == 1]"
    powers, (same, first, alone) = inside(run_python, code, before=BE_NOBODY)
    assert (same, first) == (True, powers.processes)
    assert alone or not powers.network


def test_where_the_kernel_refuses_nothing_is_promised(run_python: RunPython) -> None:
    assert Powers(**run_python(WITHOUT_RIGHTS)) == Powers(processes=False, network=False, files=False)


def test_a_process_dies_with_the_one_that_started_it(run_python: RunPython) -> None:
    code = """
import json, os, time
from dagcheck.sandbox.namespaces import die_with_parent
reading, writing = os.pipe()
middle = os.fork()
if middle == 0:
    ready = os.pipe()
    if os.fork() == 0:
        die_with_parent()
        os.write(ready[1], b"x")
        time.sleep(50)
        os._exit(0)
    os.read(ready[0], 1)
    os._exit(0)
os.close(writing)
os.waitpid(middle, 0)
started = time.monotonic()
os.read(reading, 1)  # ends when nobody holds the other end
print(json.dumps(time.monotonic() - started < 10))
"""
    assert run_python(code) is True


def test_an_orphan_is_adopted(run_python: RunPython) -> None:
    code = """
import json, os
from dagcheck.sandbox.namespaces import adopt_orphans
adopt_orphans()
reading, writing = os.pipe()
middle = os.fork()
if middle == 0:
    if os.fork() == 0:
        os.read(reading, 1)
        os._exit(5)
    os._exit(0)
os.waitpid(middle, 0)
os.write(writing, b"x")
print(json.dumps(os.waitstatus_to_exitcode(os.waitpid(-1, 0)[1])))
"""
    assert run_python(code) == 5


@pytest.mark.parametrize("end", ["1 / 0", "sys.exit(7)", "os._exit(7)", "os.kill(os.getpid(), 9)", "os._exit(200)"])
def test_a_question_that_is_not_answered_promises_nothing(run_python: RunPython, end: str) -> None:
    code = f"""
import json, os, sys
from dataclasses import asdict
from dagcheck.sandbox import namespaces

def enter(**_):
    {end}

namespaces.enter = enter
print(json.dumps(asdict(namespaces.available())))
"""
    assert set(run_python(code).values()) == {False}
