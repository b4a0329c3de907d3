"""A trigger that fires when a file is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent


def arrived(path: str) -> bool:
    """Tell whether the file is there."""
    return Path(path).is_file()


class FileArrived(BaseTrigger):
    """Look every `poll_seconds`; the event's payload is the path."""

    def __init__(self, path: str, poll_seconds: float) -> None:
        super().__init__()
        self.path = path
        self.poll_seconds = poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return how the triggerer makes it again: it runs in another process."""
        return "common.triggers.file_arrived.FileArrived", {"path": self.path, "poll_seconds": self.poll_seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait without holding up the other triggers of the process, even when a network drive does not answer."""
        while not await asyncio.to_thread(arrived, self.path):  # noqa: ASYNC110 - a file tells nobody that it is there
            await asyncio.sleep(self.poll_seconds)
        yield TriggerEvent(self.path)
