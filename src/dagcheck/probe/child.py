"""One worker process, seen from its supervisor: start, talk, watch, end."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from typing import Any

from dagcheck.probe import stacks
from dagcheck.probe.protocol import ForgedMessageError, Receiver, new_key
from dagcheck.probe.schedule import Run
from dagcheck.record import Failure, FailureKind, Frame

_PAGE = os.sysconf("SC_PAGE_SIZE")
_OUTPUT_KEPT = 4_096
_NOTE = "dagcheck note: "
_DONE = object()
Entry = Callable[[socket.socket, bytes, int, int], None]


class Child:
    """A forked worker; `own` tells the user's files, as in `UserCode.own`; `path` is the DAG file at hand.

    `record` is that of a file whose DAGs with the ids in `to_sweep` are still to be run over their dates.
    """

    def __init__(
        self, run: Run, enter: Entry, own: Callable[[str], str | None], dag_files: Collection[str] = ()
    ) -> None:
        self.run = run
        self._own = own
        self._dag_files = dag_files
        self.path = ""
        self.record = ""
        self.to_sweep: list[str] = []
        self._host_pid: str | None = None
        self._tail = b""
        self.greeted = False
        self._status: int | None = None
        self.deadline: float | None = None
        self.doomed: tuple[FailureKind, int] | None = None
        self._asking: Iterator[None] = iter(())
        self._wanted: str | None = None
        self._asked = time.monotonic()
        self._receiver = Receiver(new_key())
        self.sock, theirs = socket.socketpair()
        self._stacks = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        self.output, writable = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self.sock.close()
            os.close(self.output)
            enter(theirs, self._receiver.give_key(), self._stacks.fileno(), writable)
        theirs.close()
        os.close(writable)
        os.set_blocking(self.output, False)

    def ask(self, command: dict[str, Any], seconds: float) -> None:
        """Send a command that must be answered within so many seconds, once, by an answer of the same kind."""
        self._wanted = command["kind"]
        self._asked = time.monotonic()
        self._sampled = 0.0
        self.deadline = self._asked + seconds
        with contextlib.suppress(OSError):  # a dead worker shows as end of file
            self.sock.sendall(json.dumps(command).encode() + b"\n")

    def busy(self) -> float:
        """Seconds since the last command."""
        return time.monotonic() - self._asked

    def is_overdue(self) -> bool:
        """Tell whether it should have answered by now."""
        return self.deadline is not None and time.monotonic() > self.deadline

    def answer(self) -> tuple[dict[str, Any], str] | None:
        """Return the answer that has come in, (head, body), if it is whole; its kind is the command's, or "broken".

        Raises EOFError where nothing more comes, ForgedMessageError or ValueError for what no worker says.
        """
        try:
            data = self.sock.recv(1 << 20)
        except OSError:
            data = b""
        if not data:
            raise EOFError
        said = None
        for payload in self._receiver.feed(data):
            head, _, body = payload.partition(b"\n")
            answer = json.loads(head)
            if answer["kind"] == "hello" and not self.greeted:
                self._host_pid = answer["pid"]
                self.greeted = True
            elif said is not None or answer["kind"] not in (self._wanted, "broken"):
                raise ForgedMessageError  # it speaks twice, or out of turn
            else:
                said = answer, body.decode("ascii")
        if said is not None:
            self.deadline = self._wanted = None
        return said

    def ask_and_wait(self, command: dict[str, Any], seconds: float) -> tuple[dict[str, Any], str]:
        """Ask a worker that nobody else listens to; raises as `answer`, EOFError also when the time is up."""
        self.ask(command, seconds)
        self.sock.settimeout(seconds)
        while (said := self.answer()) is None:
            pass
        return said

    def drain(self) -> bool:
        """Keep the end of what the process prints; returns False when nothing more can come."""
        try:
            data = os.read(self.output, 1 << 16)
        except OSError:
            return True
        self._tail = (self._tail + data)[-_OUTPUT_KEPT:]
        return bool(data)

    def resident(self) -> int:
        """Return the process's resident memory in MiB, 0 where the system does not tell."""
        try:
            with open(f"/proc/{self._host_pid or self.pid}/statm", encoding="ascii") as file:
                return int(file.read().split()[1]) * _PAGE // 2**20
        except (OSError, IndexError):
            return 0

    def sample(self) -> None:
        """Ask for a stack if the last one is old enough; the next answer can tell what took the time."""
        if self.deadline is not None and self.greeted and self.busy() > self._sampled + stacks.INTERVAL:
            self._sampled = self.busy()
            self._signal(stacks.SAMPLE)

    def doom(self, kind: FailureKind, status: int) -> None:
        """Say why the process will be ended as soon as it `has_last_stack`."""
        self.doomed = kind, status
        self._asking = self._ask_for_stack()

    def has_last_stack(self) -> bool:
        """Tell whether the stack of a doomed process is there, or does not come."""
        return next(self._asking, _DONE) is _DONE

    def _ask_for_stack(self) -> Iterator[None]:
        """Wait for it, step by step: it is written line by line, by a process that may wait for a processor."""
        before = size = self._stack_size()
        for number, seconds in ((stacks.SAMPLE, stacks.PROMPT), (stacks.LAST, 4 * stacks.INTERVAL)):
            until = time.monotonic() + seconds
            end = until + stacks.INTERVAL
            self._signal(number)
            while (now := time.monotonic()) < until:
                yield
                if self._stack_size() != size:
                    if stacks.is_whole(self._read_stacks()):
                        return
                    size, until = self._stack_size(), min(now + stacks.INTERVAL, end)
            if size != before:
                return

    def _stack_size(self) -> int:
        return os.fstat(self._stacks.fileno()).st_size

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, number)

    def stopped_or_dead(self) -> int | None:
        """Return the wait status once the process has ended or stopped itself; the kernel tells it only once."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            self._status = status if pid else None
        return self._status

    def has_answer(self) -> bool:
        """True if something is there to read, be it the end."""
        return bool(select.select([self.sock], [], [], 0)[0])

    def end(self) -> None:
        """Kill the process and its session, and close everything."""
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            if self._status is None or os.WIFSTOPPED(self._status):
                os.waitpid(self.pid, 0)
        self.sock.close()
        os.close(self.output)
        self._stacks.close()

    def failure(self, kind: FailureKind, status: int | None = None) -> Failure:
        """Say why the current file failed, with the line where the process was last seen."""
        while self.drain() and len(self._tail) < _OUTPUT_KEPT and self._more():
            pass
        text = self._read_stacks()
        noted = [line[len(_NOTE) :] for line in text.splitlines() if line.startswith(_NOTE)]
        frames = self._noted(noted[-1]) if noted and kind in ("exit", "crash") else ()
        output = self._tail.decode(errors="backslashreplace") if kind == "crash" else ""
        return Failure(
            kind=kind,
            status=status,
            frames=frames or stacks.last_frames(text, self._own_or_imported),
            output=output.strip(),
        )

    def _own_or_imported(self, path: str) -> str | None:
        """Other DAG files do not count: code can be compiled under any name, and theirs would be blamed for it."""
        return None if path in self._dag_files and path != self.path else self._own(path)

    def _more(self) -> bool:
        return bool(select.select([self.output], [], [], 0)[0])

    def _noted(self, line: str) -> tuple[Frame, ...]:
        with contextlib.suppress(ValueError):
            what, file, number = json.loads(line)
            if file:
                return (Frame(file=file, line=number, function=str(what)),)
        return ()

    def _read_stacks(self) -> str:
        size = self._stack_size()
        return os.pread(self._stacks.fileno(), min(size, 1 << 20), max(0, size - (1 << 20))).decode(errors="replace")
