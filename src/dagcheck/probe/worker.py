"""One forked worker: takes file after file from its supervisor and sends a signed record for each."""

from __future__ import annotations

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
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from dagcheck._airflow.discovery import dag_files
from dagcheck.probe import stacks
from dagcheck.probe.loader import Loader
from dagcheck.probe.protocol import signing_sender
from dagcheck.probe.settings import ProbeSettings
from dagcheck.probe.sources import likely_line
from dagcheck.record import Cost, Event, FileRecord, encode
from dagcheck.sandbox.guard import Guard
from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.namespaces import die_with_parent
from dagcheck.sandbox.pristine import Pristine
from dagcheck.sandbox.surroundings import Surroundings, Trace
from dagcheck.sandbox.usercode import UserCode

_MOST_STACKS = 1 << 20  # bytes


class Worker:
    """What a forked process needs to load files; made before the fork, entered after it."""

    def __init__(
        self, settings: ProbeSettings, code: UserCode, loader: Loader, guard: Guard, pristine: Pristine, ledger: Ledger
    ) -> None:
        self._code = code
        self._loader = loader
        self._guard = guard
        self._pristine = pristine
        self._ledger = ledger
        self._timeout = settings.timeout
        self._exit = real_exit

    def enter(self, sock: socket.socket, key: bytes, stacks: int, output: int) -> None:
        """Serve the supervisor until it closes the channel; never returns into the caller's process."""
        status = 1
        try:
            self._sock, self._stacks = settle(sock, stacks, output)
            self._ledger.on_note = self._note
            self._surroundings = Surroundings(lambda path: self._code.own(path) is not None)
            self._loader.new_modules = self._surroundings.new_modules
            self._arm()
            self._serve(signing_sender(self._sock, key))
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the supervisor hears of it
            traceback.print_exc()
        finally:
            self._exit(status)

    def _note(self, what: str) -> None:
        """Leave word in the stack file of where the process is about to end itself."""
        file, line = self._code.innermost(sys._getframe(1))
        os.write(self._stacks, f"\ndagcheck note: {json.dumps([what, file, line])}\n".encode())

    def _serve(self, send: Callable[[bytes], None]) -> None:
        pid = os.getpid()
        known_as = os.readlink("/proc/self") if os.path.exists("/proc/self") else None
        send(json.dumps({"kind": "hello", "pid": known_as}).encode())
        for line in iter(self._sock.makefile("rb").readline, b""):
            head, body = self._answer(json.loads(line))
            if os.getpid() != pid:
                self._exit(0)  # a child that a DAG file forked and that came back here
            send(encode(head).encode() + b"\n" + body.encode())

    def _answer(self, command: dict[str, Any]) -> tuple[dict[str, Any], str]:
        try:
            if command["kind"] == "discover":
                return {"kind": "files"}, json.dumps(discover(command["folders"]))
            if command["kind"] == "mark":
                self._arm()
                return {"kind": "mark", "changed": self._pristine.restore_all()}, ""
            record, dirty = self._load(command["path"], alone=command["alone"])
            return {"kind": "record", "index": command["index"], "dirty": dirty}, encode(record)
        except BaseException as error:  # noqa: BLE001 - our own failure, unless the file reached into this process
            text = traceback.format_exc()
            changed = self._pristine.restore_all()
            if self._guard.tainted or not isinstance(error, Exception):  # no code of ours raises KeyboardInterrupt
                changed.append("the running code")
            return {"kind": "broken", "traceback": text, "changed": changed}, ""

    def _load(self, path: str, *, alone: bool) -> tuple[FileRecord, bool]:
        os.ftruncate(self._stacks, 0)
        os.lseek(self._stacks, 0, os.SEEK_SET)
        record = self._loader.load(path)
        if record.seconds > stacks.INTERVAL:
            self._arm()
        changed = [*self._loader.patched, *(self._pristine.restore_all() if alone else ())]
        traces = self._surroundings.restore()
        self._loader.forget_shims()
        if self._loader.shims:
            self._surroundings.forget_missing()
        if self._loader.has_finalizers:
            gc.collect()  # in this file's own time
        dirty = bool(changed) or self._guard.tainted or any(not trace.undone for trace in traces)
        traces += [Trace("patch", name) for name in changed]
        found = tuple(events(self._ledger, traces, record.file, path))
        return replace(record, events=found, costs=self._costs(record)), dirty

    def _arm(self) -> None:
        """Let a thread of C write the stack down when the time is up, for a file that blocks every signal.

        Not once per file: ending that thread takes longer than an ordinary file.
        """
        faulthandler.dump_traceback_later(self._timeout + stacks.INTERVAL, file=self._stacks)

    def _costs(self, record: FileRecord) -> tuple[Cost, ...]:
        if record.seconds < stacks.INTERVAL:
            return ()
        text = os.pread(self._stacks, _MOST_STACKS, 0).decode(errors="replace")
        return stacks.costs(text, self._code.own)


def discover(folders: list[str]) -> list[str]:
    """Return the DAG files of the folders, in their order, each once."""
    return list(dict.fromkeys(str(file) for folder in folders for file in dag_files(Path(folder))))


def events(ledger: Ledger, traces: list[Trace], file: str, path: str) -> list[Event]:
    """Join what was seen happening with what was found changed afterwards, each at its line.

    Changes of the environment, the working directory and threads count only if they outlast the file.
    """
    provisional = ("environment", "working-directory", "thread")
    found = [
        Event(kind=kind, detail=detail, file=at, line=line, refused=refused, count=count)  # type: ignore[arg-type]
        for (kind, detail, at, line, refused), count in ledger.entries()
        if kind not in provisional
    ]
    guesses: dict[str, int] = {}  # one for all of a kind: they are one finding
    for trace in traces:
        if trace.kind not in guesses and (guess := likely_line(path, trace.kind, trace.detail)):
            guesses[trace.kind] = guess
    for trace in traces:
        at, line = ledger.place_of(trace.kind, trace.detail)
        if line is None:
            at, line = file, guesses.get(trace.kind)
        found.append(Event(kind=trace.kind, detail=trace.detail, file=at or file, line=line))  # type: ignore[arg-type]
    return found


real_exit = os._exit


def note_exits(ledger: Ledger) -> None:
    """Let `os._exit` say where it was called before it ends the process."""

    def noted_exit(status: int) -> None:
        ledger.on_note(f"os._exit({status})")
        real_exit(status)

    os._exit = sys.modules["posix"]._exit = noted_exit  # type: ignore[assignment,attr-defined]


def settle(sock: socket.socket, stack_file: int, output: int) -> tuple[socket.socket, int]:
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
    faulthandler.register(stacks.SIGNAL, moved, all_threads=False, chain=False)
    return channel, moved
