"""Watches the workers: gives out files, takes records, and blames the file at hand when one dies or overruns."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dagcheck.probe.child import Child, Entry
from dagcheck.probe.protocol import ForgedMessageError
from dagcheck.probe.schedule import Run, Schedule
from dagcheck.probe.settings import ProbeSettings
from dagcheck.probe.sources import likely_line
from dagcheck.record import Failure, FailureKind, FileRecord, Frame, Swept, decode, encode

_TICK = 0.05  # seconds between two looks at deadlines and memory
_MARK_SECONDS = 60.0


class WorkerBrokenError(Exception):
    """Dagcheck's own code failed in a worker; the message is the worker's traceback."""


class Supervisor:
    """Runs `files` (absolute paths by number) through workers; `say(word, number, text)` reports to the parent.

    `reaps`: processes that escaped from a worker become our children and are ended (not in a PID namespace, which
    ends them itself).
    """

    def __init__(
        self,
        settings: ProbeSettings,
        enter: Entry,
        relative: Callable[[str], str],
        own: Callable[[str], str | None],
        say: Callable[..., None],
        *,
        reaps: bool,
    ) -> None:
        self._settings = settings
        self._enter = enter
        self._relative = relative
        self._own = own
        self._say = say
        self._reaps = reaps
        self._children: dict[int, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._files: list[str] = []
        self._watch_at = 0.0
        self._sound: bool | None = None

    def run(self, files: list[str], numbers: list[int], stop: int, *, alone: bool) -> None:
        """Load the files with these numbers; returns early when the descriptor `stop` reaches its end.

        `alone`: one file at a time, each in a process of its own, to find out which one ends the whole probe.
        """
        self._files = files
        self._dag_files = frozenset(files)
        self._most = 1 if alone else self._settings.workers
        self._schedule = Schedule(numbers, self._most, lambda n, record: self._say("record", n, record), alone=alone)
        self._selector.register(stop, selectors.EVENT_READ, None)
        try:
            while self._fill():
                for key, _ in self._selector.select(_TICK):
                    if key.data is None:
                        return
                    self._hear(key)
                if time.monotonic() >= self._watch_at:
                    self._watch()
        finally:
            for child in list(self._children.values()):
                self._end(child)
            self._selector.unregister(stop)

    def _fill(self) -> bool:
        while len(self._children) < self._most and self._schedule.has_work:
            child = Child(self._schedule.open(), self._enter, self._own, self._dag_files)
            self._children[child.pid] = child
            self._selector.register(child.sock, selectors.EVENT_READ, (child, self._answer))
            self._selector.register(child.output, selectors.EVENT_READ, (child, self._output))
            self._give(child)
        return bool(self._children)

    def _give(self, child: Child) -> None:
        if child.to_sweep:
            command = {"kind": "sweep", "index": child.run.current, "fresh": child.run.fresh}
            child.ask(command, self._settings.sweep_timeout)
            return
        number = self._schedule.next(child.run)
        if number is not None:
            self._say("started", number)
            path = child.path = self._files[number]
            command = {"kind": "load", "path": path, "index": number, "fresh": child.run.fresh}
            child.ask(command, self._settings.timeout)
        elif child.run.wants_mark:
            child.ask({"kind": "mark"}, self._settings.timeout if child.run.answer else _MARK_SECONDS)
        else:
            self._end(child)

    def _hear(self, key: selectors.SelectorKey) -> None:
        child, action = key.data
        if child.pid in self._children:
            action(child)

    def _output(self, child: Child) -> None:
        if not child.drain():
            self._selector.unregister(child.output)

    def _answer(self, child: Child) -> None:
        try:
            if (said := child.answer()) is None:
                return
            if not self._take(child, *said):
                self._end(child)
            if child.pid in self._children:
                self._give(child)
        except EOFError:
            self._lost(child)
        except (ForgedMessageError, ValueError, KeyError, TypeError):
            self._blame(child, child.failure("forged"))

    def _take(self, child: Child, head: dict[str, Any], body: str) -> bool:
        if head["kind"] == "broken":
            return self._broken(child, head)
        if head["kind"] == "mark":
            return self._schedule.marked(child.run, changed=bool(head["changed"]))
        if head["index"] != child.run.current:
            raise ForgedMessageError
        child.record, child.to_sweep = body, list(map(str, head["left"]))
        dirty, raised = bool(head["dirty"]), bool(head["raised"])
        return bool(child.to_sweep) or self._schedule.loaded(child.run, body, dirty=dirty, raised=raised)

    def _broken(self, child: Child, head: dict[str, Any]) -> bool:
        """Our own code failed: the file's doing if it does so in a process of the file's own, but for no other file."""
        changed, number = head["changed"], child.run.current
        if not self._is_sound():
            raise WorkerBrokenError(f"{self._files[number or 0]}\n{head['traceback']}")
        last = head["traceback"].strip().rpartition("\n")[2]
        output = f"{', '.join(changed[:5])} changed" if changed else f"dagcheck's own code then failed: {last}"
        frames = self._likely_frames(number, "patch", changed)
        self._blame(child, Failure(kind="forged", frames=frames, output=output))
        return True

    def _likely_frames(self, number: int | None, kind: str, details: Sequence[str]) -> tuple[Frame, ...]:
        """Where the process did not say where it stood: in a thread of the file's own, say, or after the file."""
        if number is None:
            return ()
        path = self._files[number]
        line = next(filter(None, (likely_line(path, kind, detail) for detail in details)), None)
        return () if line is None else (Frame(file=self._relative(path), line=line, function="<module>"),)

    def _is_sound(self) -> bool:
        """Find out, once, whether a worker can load an innocent file: an empty one that nobody can write to."""
        if self._sound is None:
            child = Child(Run(alone=True), self._enter, self._own)
            command = {"kind": "load", "path": os.devnull, "index": 0, "fresh": True}
            try:
                self._sound = child.ask_and_wait(command, self._settings.timeout)[0]["kind"] != "broken"
            except (EOFError, ForgedMessageError, ValueError):
                self._sound = False
            finally:
                child.end()
        return self._sound

    def _watch(self) -> None:
        self._watch_at = time.monotonic() + _TICK
        for child in list(self._children.values()):
            if child.doomed is not None:
                if child.stopped_or_dead() is not None or child.has_last_stack():
                    self._blame(child, child.failure(*child.doomed))
            elif child.stopped_or_dead() is not None:
                self._gone(child)
            elif child.is_overdue():
                self._doom(child, "timeout", self._limit(child))
            elif child.resident() > self._settings.memory:
                self._doom(child, "memory", self._settings.memory)
            else:
                child.sample()

    def _limit(self, child: Child) -> int:
        return round(self._settings.sweep_timeout if child.to_sweep else self._settings.timeout)

    def _doom(self, child: Child, kind: FailureKind, status: int) -> None:
        """Give up on a process; what it still says comes too late."""
        self._selector.unregister(child.sock)
        child.doom(kind, status)

    def _gone(self, child: Child) -> None:
        """The process ended or stopped: first hear what it still said, then judge how it ended."""
        while child.pid in self._children and child.has_answer():
            self._answer(child)
        if child.pid in self._children:
            self._ended(child, child.stopped_or_dead() or 0)

    def _lost(self, child: Child) -> None:
        """The channel is closed: the process is dead, or dies within a moment, or closed it on purpose."""
        status = None
        until = time.monotonic() + 1.0
        while status is None and time.monotonic() < until:
            status = child.stopped_or_dead()
            if status is None:
                time.sleep(0.002)
        if status is None:
            self._blame(child, child.failure("forged"))
        else:
            self._ended(child, status)

    def _ended(self, child: Child, status: int) -> None:
        if not child.greeted:
            raise WorkerBrokenError(child.failure("crash").output)
        if child.is_overdue():  # it may have crashed as it wrote down where it hangs
            failure = child.failure("timeout", self._limit(child))
        elif os.WIFSTOPPED(status):
            failure = child.failure("crash", os.WSTOPSIG(status))
        elif os.WIFSIGNALED(status):
            failure = child.failure("crash", os.WTERMSIG(status))
        else:
            failure = child.failure("exit", os.WEXITSTATUS(status))
            failure = replace(
                failure, frames=failure.frames or self._likely_frames(child.run.current, "exit", ["exit"])
            )
        self._blame(child, failure)

    def _blame(self, child: Child, failure: Failure) -> None:
        number = child.run.current
        record = ""
        if number is not None:
            file = self._relative(self._files[number])
            record = encode(FileRecord(file=file, seconds=round(child.busy(), 3), failure=failure))
            if child.to_sweep and failure.kind != "forged":
                record = _without_sweep(child.record, child.to_sweep[0], failure)
        self._schedule.died(child.run, record, repeat=failure.kind not in ("timeout", "memory"))
        self._end(child)

    def _end(self, child: Child) -> None:
        self._children.pop(child.pid, None)
        for descriptor in (child.sock, child.output):
            if descriptor in self._selector.get_map():
                self._selector.unregister(descriptor)
        child.end()
        if self._reaps:
            _reap_orphans(set(self._children))


def _without_sweep(line: str, dag_id: str, failure: Failure) -> str:
    """Return the record of a file that was loaded well, one of whose DAGs could not be run to the end."""
    record = decode(line)
    return encode(replace(record, swept=(*record.swept, Swept(dag_id=dag_id, stopped=failure))))


def _reap_orphans(keep: set[int]) -> None:
    """End every process that a worker left behind and that became ours (see `namespaces.adopt_orphans`)."""
    try:
        with open(f"/proc/self/task/{os.readlink('/proc/thread-self').rsplit('/', 1)[1]}/children") as file:
            orphans = {int(pid) for pid in file.read().split()} - keep
    except (OSError, ValueError):
        return
    for pid in orphans:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
