"""A sensor for a file that waits in the triggerer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from common.compat import BaseSensorOperator, FSHook
from common.triggers.file_arrived import FileArrived, arrived


class DeferredFileSensor(BaseSensorOperator):
    """Look once; if the file is not there, give the worker back and let a trigger look.

    `filepath` is relative to the path of the Connection `fs_conn_id`. Returns the file's whole path.
    """

    template_fields: Sequence[str] = ("filepath",)

    def __init__(self, *, filepath: str, fs_conn_id: str = "fs_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filepath = filepath
        self.fs_conn_id = fs_conn_id

    def execute(self, context: Any) -> str:
        """Return the path at once if the file is there, else defer."""
        del context
        file = str(Path(FSHook(self.fs_conn_id).get_path()) / self.filepath)
        if not arrived(file):
            self.defer(
                trigger=FileArrived(file, self.poke_interval),
                method_name="resume",
                timeout=timedelta(seconds=self.timeout),
            )
        return file

    def resume(self, context: Any, event: str) -> str:
        """Return the path; raises FileNotFoundError if the file has gone since, which is retried."""
        del context
        if not arrived(event):
            raise FileNotFoundError(f"{event} was there and has gone again")
        return event
