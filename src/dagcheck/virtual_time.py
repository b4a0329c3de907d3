"""A clock that jumps where code would wait: for tasks that sleep, sensors that poke and triggers that wait.

Real time that code takes still passes, so that what waits for a real engine on this machine works.
"""

from __future__ import annotations

import asyncio
import datetime
import selectors
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

_SHORTEST_JUMP = 1.0  # seconds: what is shorter mostly waits for something real, a thread or a process


def real_seconds() -> float:
    """As time.monotonic, which some versions of time-machine move too."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


class VirtualClock:
    """The time of one try; `passed` is the virtual time that it slept, in seconds."""

    def __init__(self, start: datetime.datetime) -> None:
        self.start = start
        self.passed = 0.0
        self.on_jump: Callable[[float], float] = float
        self._shift: Callable[[float], object] = lambda _seconds: None
        self._move: Callable[[datetime.datetime], object] = lambda _moment: None

    @property
    def now(self) -> datetime.datetime:
        """The virtual time, without the real time that the code has taken."""
        return self.start + datetime.timedelta(seconds=self.passed)

    def jump(self, seconds: float) -> None:
        """Let virtual time pass; `on_jump` may shorten the jump, or raise."""
        seconds = self.on_jump(max(seconds, 0.0))
        self.passed += seconds
        self._shift(seconds)

    def restart(self, moment: datetime.datetime) -> None:
        """Go on from another moment, as if this clock had been made for it."""
        self.start, self.passed = moment, 0.0
        self._move(self._utc())

    def monotonic(self) -> float:
        """As time.monotonic, jumps included."""
        return real_seconds() + self.passed

    def _utc(self) -> datetime.datetime:
        """Any other zone would become that of the process."""
        return self.now.astimezone(datetime.timezone.utc)

    @contextmanager
    def running(self, *, frozen: bool = False) -> Iterator[VirtualClock]:
        """Let `datetime.now()` and its like begin at `start`, and let `time.sleep` of this thread jump.

        `frozen`: real time does not pass. A test that has frozen or moved the time itself keeps its own `now`. Sleeping
        less than a second is real.
        """
        thread, sleep = threading.get_ident(), time.sleep

        def jumping(seconds: float) -> None:
            if threading.get_ident() != thread or seconds < _SHORTEST_JUMP:
                sleep(seconds)
            else:
                self.jump(seconds)

        time.sleep = jumping  # type: ignore[assignment]
        try:
            with self._travelling(frozen=frozen):
                yield self
        finally:
            time.sleep = sleep

    @contextmanager
    def _travelling(self, *, frozen: bool) -> Iterator[None]:
        if _moved_already():
            yield
            return
        import time_machine  # late: only running tasks needs it

        with time_machine.travel(self._utc(), tick=not frozen) as traveller:
            before = self._shift, self._move
            self._shift, self._move = traveller.shift, traveller.move_to
            try:
                yield
            finally:
                self._shift, self._move = before


def _moved_already() -> bool:
    """Tell whether a test has put another clock in place (time-machine or freezegun), which dagcheck leaves alone."""
    import time_machine

    escape_hatch: Any = getattr(time_machine, "escape_hatch", None)
    travelling = escape_hatch is not None and escape_hatch.is_travelling()
    return bool(travelling or datetime.datetime.__module__ == "freezegun.api")


class GivenUpError(Exception):
    """What was waited for did not happen in time: the virtual time that it was given (`at_limit`), or the real one."""

    def __init__(self, message: str, *, at_limit: bool = False) -> None:
        super().__init__(message)
        self.at_limit = at_limit


def run_async(main: Callable[[], Awaitable[T]], clock: VirtualClock, *, limit: float, patience: float = 10.0) -> T:
    """Run a coroutine in an event loop of its own thread, in which waiting for time takes none.

    Waiting for anything else (sockets, threads) is real. Raises GivenUpError after `limit` virtual seconds, or after
    `patience` real ones.
    """
    outcome: list[Any] = []

    def in_thread() -> None:
        try:
            outcome.append((True, _run(main, clock, limit, patience)))
        except BaseException as error:  # noqa: BLE001 -- raised again below, in the thread that asked
            outcome.append((False, error))

    thread = threading.Thread(target=in_thread, name="dagcheck-trigger", daemon=True)
    thread.start()
    thread.join(patience + 5.0)
    if not outcome:
        raise GivenUpError(f"it blocked its event loop for {patience:g} s")
    done, value = outcome[0]
    if not done:
        raise value
    result: T = value
    return result


def _run(main: Callable[[], Awaitable[T]], clock: VirtualClock, limit: float, patience: float) -> T:
    selector = _JumpingSelector(clock, limit, patience)
    loop = asyncio.SelectorEventLoop(selector)
    begin = real_seconds() - clock.passed
    loop.time = lambda: begin + clock.passed  # type: ignore[method-assign]
    loop.run_in_executor = selector.counting(loop.run_in_executor)  # type: ignore[method-assign, assignment]
    try:
        return loop.run_until_complete(main())
    finally:
        _close(loop)


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what is left and close, as asyncio.run does."""

    async def cancelled() -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    try:
        loop.run_until_complete(cancelled())
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


class _JumpingSelector(selectors.DefaultSelector):
    """A selector that lets the clock jump instead of waiting for it, unless something real may still happen."""

    _GRACE = 0.25  # seconds of real waiting for an open socket, which may be idle for good

    def __init__(self, clock: VirtualClock, limit: float, patience: float) -> None:
        super().__init__()
        self._clock = clock
        self._end = clock.passed + limit
        self._patience = real_seconds() + patience
        self._in_threads = 0

    def counting(self, run_in_executor: Callable[..., Any]) -> Callable[..., Any]:
        """Count what threads of the loop are doing: for them it waits in real time."""

        def counted(executor: Any, function: Callable[..., Any], *arguments: Any) -> Any:
            future = run_in_executor(executor, function, *arguments)
            self._in_threads += 1
            future.add_done_callback(self._thread_is_done)
            return future

        return counted

    def _thread_is_done(self, _future: object) -> None:
        self._in_threads -= 1

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if real_seconds() > self._patience:
            raise GivenUpError("it took too long in real time")
        if timeout is None or self._in_threads or len(self.get_map()) > 1:  # one is the loop's own pipe
            ready = super().select(self._GRACE if timeout is None else min(timeout, self._GRACE))
        if not ready and timeout and not self._in_threads:
            if self._clock.passed + timeout > self._end:
                raise GivenUpError("nothing happened", at_limit=True)
            self._clock.jump(timeout)
        return ready
