"""One forked worker: takes file after file from its supervisor and sends a signed record for each."""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import gc
import json
import os
import resource
import secrets
import signal
import socket
import sys
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from dagcheck._airflow.discovery import dag_files
from dagcheck.probe import stacks
from dagcheck.probe.describe import may_be_others_doing
from dagcheck.probe.events import events
from dagcheck.probe.loader import Loader
from dagcheck.probe.parse_clock import ParseClock
from dagcheck.probe.protocol import signing_sender
from dagcheck.probe.settings import ProbeSettings
from dagcheck.record import Cost, FileRecord, Swept, encode
from dagcheck.sandbox.guard import Guard
from dagcheck.sandbox.kept import Kept
from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.namespaces import die_with_parent
from dagcheck.sandbox.pristine import Pristine
from dagcheck.sandbox.seal import sealed
from dagcheck.sandbox.surroundings import Surroundings, Trace
from dagcheck.sandbox.usercode import UserCode

_MOST_STACKS = 1 << 20  # bytes


class Watch(NamedTuple):
    """What watches over the files; `forget` is called before each of them, `clock` says when that was."""

    code: UserCode
    guard: Guard
    ledger: Ledger
    pristine: Pristine
    clock: ParseClock
    forget: Callable[[], None]


class Worker:
    """What a forked process needs to load files; made before the fork, entered after it.

    A DAG file can look at every frame below its own. So the loop over the commands runs in C, and the file is loaded
    between two steps of it: no frame holds this object, the channel or its key while the file runs.
    """

    def __init__(self, settings: ProbeSettings, loader: Loader, watch: Watch) -> None:
        self._loader = loader
        self._code, self._guard, self._ledger, self._pristine, self._clock, self._forget = watch
        self._timeout = settings.timeout
        self._sweep_timeout = settings.sweep_timeout
        self._kept: Kept | None = None
        self._dirty = False
        self._begun = self._armed = 0.0
        self._exit = real_exit

    def enter(
        self, sock: socket.socket, key: bytes, stacks: int, output: int, _exit: Callable[[int], None] = os._exit
    ) -> None:
        """Serve the supervisor until it closes the channel; never returns into the caller's process."""
        status = 1
        try:
            serve, give_up = self._prepared(sock, key, stacks, output)
            del self, sock, key
            try:
                serve()
            except BaseException:  # noqa: BLE001 - a signal's handler, say, that raised between two steps
                give_up()
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the supervisor hears of it
            traceback.print_exc()
        finally:
            _exit(status)

    def _prepared(
        self, sock: socket.socket, key: bytes, stacks: int, output: int
    ) -> tuple[Callable[[], object], Callable[[], object]]:
        """Return the loop over all commands, and what tells that it has failed."""
        channel, self._stacks = settle(sock, stacks, output, self._clock)
        self._pid = os.getpid()
        self._ledger.on_note = self._note
        self._surroundings = Surroundings(lambda path: self._code.own(path) is not None)
        self._loader.new_modules = sealed(self._surroundings.new_modules)
        self._loader.clock = sealed(self._clock)
        self._arm()
        send = signing_sender(channel, key)
        known_as = os.readlink("/proc/self") if os.path.exists("/proc/self") else None
        hello = message({"kind": "hello", "pid": known_as})
        steps = map(self._begin, iter(channel.makefile("rb").readline, b""))
        answers = map(self._end, map(partial(attempt, self._loader.take), steps))
        return sealed(partial(deque, map(send, chain((hello,), answers)), maxlen=0)), sealed(partial(send, _BROKEN))

    def _note(self, what: str) -> None:
        """Leave word in the stack file of where the process is about to end itself."""
        file, line = self._code.innermost(sys._getframe(1))
        os.write(self._stacks, f"\ndagcheck note: {json.dumps([what, file, line])}\n".encode())

    def _begin(self, line: bytes) -> str | bytes | None:
        """Return the path of the file to load, None to run one of its DAGs, or the answer to any other command."""
        try:
            command = self._command = json.loads(line)
            if command["kind"] == "discover":
                return message({"kind": "discover"}, json.dumps(discover(command["folders"])))
            if command["kind"] == "mark":
                self._arm()
                return message({"kind": "mark", "changed": self._pristine.restore_all()})
            os.ftruncate(self._stacks, 0)
            os.lseek(self._stacks, 0, os.SEEK_SET)
            self._forget()
            self._begun = self._clock()
            if stacks.clock() > self._armed + self._timeout / 4:
                self._arm()
            if command["kind"] == "sweep" and self._kept is not None:
                self._arm(self._sweep_timeout)
                self._kept.put_back()
            self._guard.start()
            return None if command["kind"] == "sweep" else str(command["path"])
        except BaseException as error:  # noqa: BLE001 - our own failure, unless a file reached into this process
            return self._broken(error)

    def _end(self, outcome: FileRecord | Swept | bytes | BaseException | None) -> bytes:
        """Return the answer: for a file, with what it did beside making DAGs, and with what its runs have shown."""
        if os.getpid() != self._pid:
            self._exit(0)  # a child that a DAG file forked and that came back here
        try:
            if isinstance(outcome, bytes):
                return outcome
            if isinstance(outcome, BaseException):
                return self._broken(outcome)
            if isinstance(outcome, FileRecord):
                self._record, self._dirty = self._completed(outcome, self._command["path"])
            else:
                self._swept(outcome)
            if self._kept is None or (self._dirty and not self._command["fresh"]):
                self._loader.to_sweep.clear()  # what is dirty will be loaded again
            left = [dag_id for dag_id, _ in self._loader.to_sweep]
            raised = may_be_others_doing(self._record, self._timeout)
            head = {"index": self._command["index"], "dirty": self._dirty, "left": left, "raised": raised}
            return message({"kind": self._command["kind"], **head}, encode(self._record))
        except BaseException as error:  # noqa: BLE001 - our own failure, unless the file reached into this process
            return self._broken(error)
        finally:
            self._guard.stop()

    def _broken(self, error: BaseException) -> bytes:
        try:
            text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
            changed = self._pristine.restore_all()
            if self._guard.tainted or not isinstance(error, Exception):  # no code of ours raises KeyboardInterrupt
                changed.append("the running code")
            return message({"kind": "broken", "traceback": text, "changed": changed})
        except BaseException:  # noqa: BLE001 - then this alone
            return _BROKEN

    def _completed(self, record: FileRecord, path: str) -> tuple[FileRecord, bool]:
        if record.seconds > stacks.INTERVAL:
            self._arm()
        self._kept = Kept.now(self._surroundings.new_modules()) if self._loader.to_sweep else None
        traces, dirty = self._cleaned()
        found = tuple(events(self._ledger, traces, record.file, path))
        return replace(record, events=found, costs=self._costs(record)), dirty

    def _cleaned(self) -> tuple[list[Trace], bool]:
        """Undo what can be undone; return what was left behind, and whether the process is spoilt by it."""
        changed = [*self._loader.patched, *(self._pristine.restore_all() if self._command["fresh"] else ())]
        traces = self._surroundings.restore()
        self._loader.forget_shims()
        if self._loader.shims:
            self._surroundings.forget_missing()
        if self._loader.has_finalizers:
            gc.collect()  # in this file's own time
        self._guard.stop()
        dirty = bool(changed) or self._guard.tainted or any(not trace.undone for trace in traces)
        return traces + [Trace("patch", name) for name in changed], dirty

    def _swept(self, swept: Swept | None) -> None:
        """Add what the runs of one DAG have shown; a run may leave behind what it likes, in a process of its own."""
        if swept is not None:
            self._record = replace(self._record, swept=(*self._record.swept, swept))
        _, dirty = self._cleaned()
        self._dirty = self._dirty or dirty
        self._arm()

    def _arm(self, seconds: float | None = None) -> None:
        """Let a thread of C write the stack down when the time is up, for a file that blocks every signal.

        Not once per file: ending that thread takes longer than an ordinary file. But not long before one either: a
        thread that reads a stack in the midst of a call can crash.
        """
        self._armed = stacks.clock()
        with contextlib.suppress(RuntimeError):  # the file lowered the limits so far that there is no thread
            faulthandler.dump_traceback_later((seconds or self._timeout) + stacks.INTERVAL, file=self._stacks)

    def _costs(self, record: FileRecord) -> tuple[Cost, ...]:
        if record.seconds < stacks.INTERVAL:
            return ()
        text = os.pread(self._stacks, _MOST_STACKS, 0).decode(errors="replace")
        return stacks.costs(text, self._code.own, self._begun)


def message(head: dict[str, Any], body: str = "") -> bytes:
    """Return an answer as it crosses to the supervisor: a line of JSON, and another one where it has a body."""
    return encode(head).encode() + b"\n" + body.encode()


_BROKEN = message({"kind": "broken", "traceback": "", "changed": ["the running code"]})


def attempt(
    take: Callable[[str | None], FileRecord | Swept | None],
    step: str | bytes | None,
    _tracers: tuple[Callable[[None], None], ...] = (sys.settrace, sys.setprofile),
) -> FileRecord | Swept | bytes | BaseException | None:
    """Load the file at the path `step`, or run one of its DAGs; bytes are an answer already.

    The last frame that the file's tracer sees, and the first below the file: nothing in it leads any further.
    """
    if type(step) is bytes:
        return step
    try:
        return take(None if step is None else str(step))
    except BaseException as error:  # noqa: BLE001 - told by the next step
        return error
    finally:
        for tracer in _tracers:
            tracer(None)


def discover(folders: list[str]) -> list[str]:
    """Return the DAG files of the folders, in their order, each once."""
    return list(dict.fromkeys(str(file) for folder in folders for file in dag_files(Path(folder))))


real_exit = os._exit


def note_exits(ledger: Ledger) -> None:
    """Let `os._exit` say where it was called before it ends the process."""

    def note(status: int) -> None:
        ledger.on_note(f"os._exit({status})")

    hidden = sealed(note)

    def noted_exit(status: int) -> None:
        hidden(status)
        real_exit(status)

    os._exit = sys.modules["posix"]._exit = noted_exit  # type: ignore[assignment,attr-defined]


def settle(sock: socket.socket, stack_file: int, output: int, clock: ParseClock) -> tuple[socket.socket, int]:
    """Become a process of its own: session, streams, signals; nothing else of the supervisor's stays open.

    The channel and the stack file move to descriptors that no loop over the first hundreds closes.
    """
    die_with_parent()
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    lowest = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2, 2_000) + secrets.randbelow(50)
    channel = socket.socket(fileno=fcntl.fcntl(sock.detach(), fcntl.F_DUPFD_CLOEXEC, lowest))
    moved = fcntl.fcntl(stack_file, fcntl.F_DUPFD_CLOEXEC, lowest)
    os.closerange(3, min(channel.fileno(), moved))
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    faulthandler.enable(moved, all_threads=True)
    faulthandler.register(stacks.LAST, moved, all_threads=False, chain=False)
    signal.signal(stacks.SAMPLE, sealed(stacks.sampler(moved, clock)))
    signal.siginterrupt(stacks.SAMPLE, False)  # noqa: FBT003 -- the C library's own parameter
    return channel, moved
