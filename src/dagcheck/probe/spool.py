"""Keeps records on disk, so that the memory of the pytest process does not grow with the DAG folder."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator

from dagcheck.record import FileRecord, decode


class Spool:
    """Records by file number; written by one thread, read by another."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._places: dict[int, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def __contains__(self, number: int) -> bool:
        return number in self._places

    def put(self, number: int, line: bytes) -> None:
        """Store a record's JSON; a second one for the same number takes its place."""
        with self._lock:
            start = self._file.seek(0, 2)
            self._file.write(line)
            self._places[number] = start, len(line)

    def get(self, number: int) -> FileRecord:
        """Return a record; raises KeyError for a number that was never put."""
        return decode(self.line(number))

    def line(self, number: int) -> bytes:
        """Return a record's JSON as it was put; raises KeyError for a number that was never put."""
        with self._lock:
            start, length = self._places[number]
            self._file.seek(start)
            return self._file.read(length)

    def __iter__(self) -> Iterator[FileRecord]:
        """Yield all records in the order of their numbers, one in memory at a time."""
        return (self.get(number) for number in sorted(self._places))

    def close(self) -> None:
        """Give the disk space back."""
        self._file.close()
