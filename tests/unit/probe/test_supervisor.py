"""How a supervisor judges processes that end or hang, with workers that are none."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable

import pytest

from dagcheck.probe import stacks, supervisor
from dagcheck.probe.protocol import signing_sender
from dagcheck.probe.settings import ProbeSettings
from dagcheck.record import Failure, decode

STACK = 'Stack (most recent call first):\n  File "/dags/a.py", line 3 in hang\n'
TIMEOUT = 1.0  # seconds
Act = Callable[[], object]


def failure_of(act: Act, memory: int = 1 << 20, *, tells: bool = False) -> Failure:
    """Return why a file failed whose worker does this once it was asked to load it, and `tells` its stack or not."""

    def enter(sock: socket.socket, key: bytes, stack_file: int, _output: int) -> None:
        if tells:
            signal.signal(stacks.SAMPLE, lambda *_: os.write(stack_file, STACK.encode()))
        signing_sender(sock, key)(json.dumps({"kind": "hello", "pid": None}).encode() + b"\n")
        sock.recv(1000)
        act()
        os._exit(0)

    records: list[str] = []

    def say(word: str, _number: int, text: str = "") -> None:
        records.extend([text] if word == "record" else [])

    settings = ProbeSettings(rootdir="/dags", home="/", folders=(), timeout=TIMEOUT, memory=memory)
    watching = supervisor.Supervisor(settings, enter, str, lambda path: path, say, reaps=False)
    stop, other_end = os.pipe()
    try:
        watching.run(["/dags/a.py"], [0], stop, alone=True)
    finally:
        os.close(stop)
        os.close(other_end)
    (record,) = records
    failure = decode(record).failure
    assert failure is not None
    return failure


def hang() -> None:
    """Do nothing."""
    time.sleep(60)


def die_late() -> None:
    """Crash after the time is up."""
    time.sleep(1.5 * TIMEOUT)
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_hangs_is_a_timeout_at_the_line_of_its_last_stack() -> None:
    failure = failure_of(hang, tells=True)
    assert (failure.kind, failure.status, [frame.line for frame in failure.frames]) == ("timeout", 1, [3])


def test_a_process_that_takes_too_much_memory_is_told_so_with_its_line() -> None:
    failure = failure_of(hang, memory=1, tells=True)
    assert (failure.kind, failure.status, [frame.line for frame in failure.frames]) == ("memory", 1, [3])


def test_a_crash_is_a_crash() -> None:
    failure = failure_of(lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert (failure.kind, failure.status) == ("crash", signal.SIGKILL)


@pytest.mark.parametrize("tick", [0.05, 60.0])
def test_a_crash_after_the_time_is_up_is_a_timeout(monkeypatch: pytest.MonkeyPatch, tick: float) -> None:
    monkeypatch.setattr(supervisor, "_TICK", tick)
    failure = failure_of(die_late)
    assert (failure.kind, failure.status) == ("timeout", 1)
