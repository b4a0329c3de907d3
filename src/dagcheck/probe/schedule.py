"""Which file is loaded when, and which records count: the probe's decisions, without any process.

Workers take file after file, so a file can spoil its worker for those after it. Hence a record is provisional
until the worker was found unchanged (`mark`). If it was changed, or died, all its provisional files are loaded
again, each alone in a process of its own; what happens there is the file's own doing, as it is with the first file
of any worker. So is a file that raised something after others: a library may know of them still, and refuse to be told
the same thing twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

BATCH = 32  # files between two marks; a mark costs about as much as loading half a file


@dataclass(slots=True)
class Run:
    """The files of one worker process since its last mark; `alone` takes a single one.

    That one, or one that spoilt a fresh process, stays `current` until the process, asked once more, is still there
    and says nothing out of turn.
    """

    alone: bool
    fresh: bool = True  # no file was loaded before the current one: what happens is its own doing
    current: int | None = None
    pending: list[tuple[int, str]] = field(default_factory=list)
    raised: list[int] = field(default_factory=list)  # to be loaded again alone, once it is known what they did here
    answer: tuple[str, bool] | None = None  # of the only file: its record, and whether it is dirty

    @property
    def wants_mark(self) -> bool:
        """True if there is a record that only a mark makes final."""
        return bool(self.pending or self.raised or self.answer)


class Schedule:
    """Files are numbers; `final(number, record)` is called exactly once for each.

    `alone`: give every file a process of its own from the start.
    """

    def __init__(
        self, numbers: Iterable[int], workers: int, final: Callable[[int, str], None], *, alone: bool = False
    ) -> None:
        self._queue = deque(() if alone else numbers)
        self._alone = deque(numbers if alone else ())
        self._held: dict[int, tuple[set[int], str]] = {}
        self._final = final
        self._batch = max(1, min(BATCH, len(self._queue) // (4 * workers)))

    @property
    def has_work(self) -> bool:
        """True if another worker could be given something."""
        return bool(self._queue or self._alone)

    def open(self) -> Run:
        """Begin a worker process; to be called only while there `has_work`."""
        return Run(alone=not self._queue)

    def next(self, run: Run) -> int | None:
        """Return the next file for an idle worker; None if it `wants_mark`, or else must be ended."""
        if run.answer:
            return None
        if run.alone:
            number = self._alone.popleft() if self._alone else None
        else:
            loaded = len(run.pending) + len(run.raised)
            number = self._queue.popleft() if self._queue and loaded < self._batch else None
        run.current = number
        return number

    def loaded(self, run: Run, record: str, *, dirty: bool, raised: bool = False) -> bool:
        """Take the record of the current file; returns False if the worker must be ended now.

        `raised`: something that another file could have brought about.
        """
        number = run.current
        assert number is not None  # noqa: S101 - a worker answers only what it was asked
        if run.alone or (dirty and run.fresh):
            run.answer = record, dirty
            return True
        run.current = None
        if raised and not run.fresh:
            run.raised.append(number)
        else:
            run.pending.append((number, record))
        run.fresh = False
        return not dirty or self._again(run)

    def marked(self, run: Run, *, changed: bool) -> bool:
        """Take the answer to a mark; returns False if the worker must be ended now."""
        if run.answer:
            assert run.current is not None  # noqa: S101 - it stays until its answer is final
            record, dirty = run.answer
            self._settle(run.current, record, dirty=dirty)
            return False
        if changed:
            return self._again(run)
        for number, record in run.pending:
            self._settle(number, record, dirty=False)
        run.pending.clear()
        self._again(run)
        return True

    def died(self, run: Run, record: str, *, repeat: bool) -> None:
        """The worker ended while it loaded the current file (blamed in `record`), or between files.

        `repeat`: try the file once more, alone, before it is blamed; not for what costs minutes, such as a hang.
        """
        suspects = {number for number, _ in run.pending}.union(run.raised)
        number = run.current
        run.current = None
        self._again(run)
        if number is None:
            return
        if repeat and not run.alone:
            self._alone.append(number)
        elif suspects:
            self._held[number] = suspects, record
        else:
            self._settle(number, record, dirty=True)

    def _again(self, run: Run) -> bool:
        self._alone.extend(number for number, _ in run.pending)
        self._alone.extend(run.raised)
        run.pending.clear()
        run.raised.clear()
        return False

    def _settle(self, number: int, record: str, *, dirty: bool) -> None:
        """A record is final; files whose death was held until this one was cleared or found guilty go on."""
        self._final(number, record)
        for victim, (suspects, held) in list(self._held.items()):
            if number not in suspects:
                continue
            suspects.discard(number)
            if dirty:
                del self._held[victim]
                self._alone.append(victim)
            elif not suspects:
                del self._held[victim]
                self._settle(victim, held, dirty=True)
