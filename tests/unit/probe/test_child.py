"""What a supervisor takes from a worker that is not the one it forked: one that DAG code speaks for."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dagcheck.probe.child import Child, Entry
from dagcheck.probe.protocol import ForgedMessageError, signing_sender
from dagcheck.probe.schedule import Run

THREAD = "Timeout (0:00:08)!\nThread 0x1 (most recent call first):\n"
HELLO = {"kind": "hello", "pid": None}
LOADED = {"kind": "load", "index": 0, "dirty": False}
BROKEN = {"kind": "broken", "traceback": "", "changed": []}
MARKED = {"kind": "mark", "changed": []}
Says = Callable[..., Child]


def saying(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Entry:
    """Enter a worker that says these things before, and all at once after, it was asked."""

    def enter(sock: socket.socket, key: bytes, _stacks: int, _output: int) -> None:
        messages: list[bytes] = []

        def write(_: int, data: bytes) -> int:
            messages.append(bytes(data))
            return len(data)

        sender = signing_sender(sock, key, _write=write)
        for head in (*before, *after):
            sender(json.dumps(head).encode() + b"\n")
        os.write(sock.fileno(), b"".join(messages[: len(before)]))
        sock.recv(1000)
        os.write(sock.fileno(), b"".join(messages[len(before) :]))
        os._exit(0)

    return enter


@pytest.fixture
def says() -> Iterator[Says]:
    """Forks such a worker; ended after the test."""
    children: list[Child] = []

    def run(*after: dict[str, Any], before: tuple[dict[str, Any], ...] = (HELLO,)) -> Child:
        children.append(Child(Run(alone=True), saying([*before], [*after]), lambda _: None))
        return children[-1]

    yield run
    for child in children:
        child.end()


@pytest.mark.parametrize("head", [LOADED, BROKEN])
def test_an_answer_to_what_was_asked_is_taken(says: Says, head: dict[str, Any]) -> None:
    child = says(head)
    assert child.ask_and_wait({"kind": "load"}, 10) == (head, "")
    assert (child.greeted, child.deadline) == (True, None)


@pytest.mark.parametrize(
    "after",
    [(LOADED, LOADED), (LOADED, BROKEN), (MARKED,), (HELLO,), (LOADED, MARKED)],
    ids=lambda heads: str(len(heads)),
)
def test_a_second_answer_or_one_to_something_else_is_forged(says: Says, after: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(ForgedMessageError):
        says(*after).ask_and_wait({"kind": "load"}, 10)


def test_an_answer_before_the_question_is_forged(says: Says) -> None:
    child = says(before=(HELLO, LOADED))
    with pytest.raises(ForgedMessageError):
        list(iter(child.answer, LOADED))


def test_a_worker_that_ends_has_nothing_more_to_say(says: Says) -> None:
    with pytest.raises(EOFError):
        says().ask_and_wait({"kind": "load"}, 10)


def test_a_worker_that_says_nothing_is_not_waited_for_longer_than_asked() -> None:
    child = Child(Run(alone=True), lambda *_: signal.pause(), lambda _: None)
    try:
        with pytest.raises(EOFError):
            child.ask_and_wait({"kind": "load"}, 0.2)
    finally:
        child.end()


def writing(*parts: str, pause: float = 0.03) -> Entry:
    """Enter a worker that blocks every signal and writes its stack in these parts."""

    def enter(_sock: socket.socket, _key: bytes, stack_file: int, _output: int) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        for part in parts:
            time.sleep(pause)
            os.write(stack_file, part.encode())
        time.sleep(60)

    return enter


def last_frames_of(child: Child) -> list[int]:
    """Wait for the last stack of a process and return its lines, outermost first."""
    try:
        child.doom("timeout", 8)
        while not child.has_last_stack():
            time.sleep(0.01)
        return [frame.line for frame in child.failure(*(child.doomed or ("crash", 0))).frames]
    finally:
        child.end()


FRAMES = ('  File "/dags/a.py", line 3 in hang\n', '  File "/dags/a.py", line 9 in <module>\n')
ENTRY = '  File "/dagcheck/probe/worker.py", line 90 in enter\n'


@pytest.mark.parametrize("pause", [0.03, 0.3])  # of a process that waits for a processor
def test_a_stack_that_is_still_being_written_is_waited_for(pause: float) -> None:
    child = Child(Run(alone=True), writing(THREAD, *FRAMES, ENTRY, pause=pause), {"/dags/a.py": "a.py"}.get)
    assert last_frames_of(child) == [9, 3]


def test_what_was_written_of_a_stack_counts_if_the_rest_does_not_come() -> None:
    assert last_frames_of(Child(Run(alone=True), writing(THREAD, *FRAMES), lambda path: path)) == [9, 3]


def test_a_process_that_writes_without_end_is_not_waited_for() -> None:
    begun = time.monotonic()
    assert last_frames_of(Child(Run(alone=True), writing(*[THREAD] * 2_000), lambda path: path)) == []
    assert time.monotonic() - begun < 10


def test_a_process_that_writes_nothing_is_not_waited_for() -> None:
    begun = time.monotonic()
    assert last_frames_of(Child(Run(alone=True), writing(), lambda path: path)) == []
    assert time.monotonic() - begun < 10
