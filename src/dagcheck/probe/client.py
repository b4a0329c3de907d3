"""The parent's view of a folder being loaded: start, wait for a file, wait for all, close."""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from dagcheck.probe.difference import differences
from dagcheck.probe.server import Message, Server
from dagcheck.probe.settings import ProbeSettings
from dagcheck.probe.spool import Spool
from dagcheck.record import Failure, FileRecord, decode, encode

_CLOCK_SHIFT = 37 * 3600 + 1800.0  # seconds: another day, another half of the day, another half hour
_TICK = 0.2  # seconds
_SEEDS = "0", "1"  # PYTHONHASHSEED of the first and the second look

OnRecord = Callable[[int, FileRecord], None]


class ProbeError(Exception):
    """The probe itself failed: dagcheck's or the installation's fault, never a DAG file's."""


class Probe:
    """Loads files in the background; whatever waits raises ProbeError if the probe failed.

    `on_record(number, record)` is called from the background thread for each file, and again for a file whose
    second look changed its record; `twice`: whether files that could differ between parses get a second look.
    """

    def __init__(
        self, settings: ProbeSettings, environment: Mapping[str, str], on_record: OnRecord, *, twice: bool = True
    ) -> None:
        self._settings = settings
        self._environment = dict(environment)
        self._on_record = on_record
        self._twice = twice
        self._changed = threading.Condition()
        self._error: str | None = None
        self._thread: threading.Thread | None = None
        self._files: list[str] = []
        self._volatile: dict[int, None] = {}
        self._closed = False
        self._ended = False
        self.powers: dict[str, bool] = {}
        self.spool = Spool()
        self._server = self._start(settings, _SEEDS[0])
        self._server.ask("discover")

    def _start(self, settings: ProbeSettings, seed: str) -> Server:
        return Server(settings, {**self._environment, "PYTHONHASHSEED": seed}, settings.rootdir)

    def discover(self) -> list[str]:
        """Wait for the absolute paths of the DAG files; a file's number is its index here."""
        for message in self._server.messages():
            if message.word == "files":
                self._files = json.loads(message.text)
                return self._files
            self._heed(message)
        raise ProbeError(f"the probe ended before it found any file\n{self._server.log()}")

    def load(self, numbers: Iterable[int]) -> None:
        """Begin to load these files; to be called once, after `discover`."""
        self._thread = threading.Thread(target=self._run, args=(list(numbers),), name="dagcheck-probe", daemon=True)
        self._thread.start()

    def wait_for(self, number: int, tick: Callable[[], None]) -> None:
        """Wait until the file's first record is there; `tick` is called a few times a second meanwhile."""
        while not (number in self.spool or self._ended):
            with self._changed:
                self._changed.wait_for(lambda: number in self.spool or self._ended, timeout=_TICK)
            tick()
        self._raise_error()

    def finish(self, tick: Callable[[], None]) -> None:
        """Wait until all files are loaded and those that could differ were looked at twice."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(timeout=_TICK)
            tick()
        self._raise_error()

    def close(self) -> None:
        """End all processes; safe to call at any time, more than once."""
        self._closed = True
        self._server.close()
        if self._thread is not None:
            self._thread.join(timeout=5)
        if self._thread is None or not self._thread.is_alive():
            self._server.release()

    def _raise_error(self) -> None:
        if self._error is not None:
            raise ProbeError(self._error)

    def _heed(self, message: Message) -> None:
        if message.word == "powers":
            self.powers = json.loads(message.text)
        elif message.word == "error":
            raise ProbeError(json.loads(message.text))

    def _run(self, numbers: list[int]) -> None:
        try:
            self._load_all(numbers)
            if self._twice and self._volatile and not self._closed:
                self._look_again()
        except ProbeError as error:
            self._error = str(error)
        except Exception:  # noqa: BLE001 - raised again where somebody waits
            self._error = traceback.format_exc()
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _load_all(self, numbers: list[int]) -> None:
        """Load everything, however often a file manages to end the whole probe."""
        at_hand = self._drain(numbers, alone=False)
        while at_hand and not self._closed:
            self._restart()
            last = self._drain(at_hand, alone=True)
            if len(last) == len(at_hand):
                raise ProbeError(f"the probe ended while nothing was loading\n{self._server.log()}")
            at_hand = [number for number in at_hand if number not in self.spool]
            if not at_hand:
                at_hand = self._drain([n for n in numbers if n not in self.spool], alone=False)

    def _drain(self, numbers: list[int], *, alone: bool) -> list[int]:
        """Load these files; returns those that were begun and not finished when the probe ended, if it did.

        Alone, one file after the other is begun; so the one that was at hand when the probe ended is to blame.
        """
        begun: list[int] = []
        self._server.ask("load", files=self._files, numbers=numbers, alone=alone)
        for message in self._server.messages():
            if message.word == "loaded":
                return []
            if message.word == "started":
                begun.append(message.number)
            elif message.word == "record":
                self._take(message)
            else:
                self._heed(message)
        open_ones = [number for number in begun if number not in self.spool]
        if alone and open_ones:
            self._blame(open_ones[-1])
            return [number for number in numbers if number not in self.spool]
        return open_ones or numbers

    def _take(self, message: Message) -> None:
        try:
            record = decode(message.text)
        except ValueError as error:
            self._store(message.number, self._forged(message.number, f"its record can't be read: {error}"[:500]))
            return
        self._store(message.number, record, message.text)

    def _store(self, number: int, record: FileRecord, line: str | None = None) -> None:
        if record.volatile and record.failure is None:
            self._volatile[number] = None
        self._on_record(number, record)
        with self._changed:
            self.spool.put(number, (encode(record) if line is None else line).encode())
            self._changed.notify_all()

    def _blame(self, number: int) -> None:
        self._store(number, self._forged(number, "dagcheck's probe ended while this file was loading"))

    def _forged(self, number: int, output: str) -> FileRecord:
        return FileRecord(file=self._relative(number), failure=Failure(kind="forged", output=output))

    def _relative(self, number: int) -> str:
        return self._files[number].removeprefix(self._settings.rootdir.rstrip("/") + "/")

    def _restart(self) -> None:
        self._server.close()
        self._server.release()
        self._server = self._start(self._settings, _SEEDS[0])

    def _look_again(self) -> None:
        """Load the files that could differ once more: another hash seed, another time of day, another random state."""
        self._server.close()
        self._server.release()
        self._server = self._start(replace(self._settings, clock_shift=_CLOCK_SHIFT, sweep_seconds=0.0), _SEEDS[1])
        self._server.ask("load", files=self._files, numbers=list(self._volatile), alone=False)
        for message in self._server.messages():
            if message.word == "loaded":
                return
            if message.word == "record":
                self._compare(message)
            else:
                self._heed(message)

    def _compare(self, message: Message) -> None:
        with suppress(ValueError):
            first = self.spool.get(message.number)
            found = tuple(differences(first, decode(message.text)))
            if found:
                record = replace(first, unstable=found)
                self.spool.put(message.number, encode(record).encode())
                self._on_record(message.number, record)
