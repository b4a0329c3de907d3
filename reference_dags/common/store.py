"""Where the reference DAGs keep their files and tables; stands in for object storage and a warehouse."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

STORE = "{{ var.value.get('reference_store', '') }}"
"""A template for a task argument: the Variable is read when the task runs, never when the file is parsed."""


def store_folder(configured: str) -> Path:
    """Return the folder, created if need be: the configured one, else one in the temporary directory."""
    folder = Path(configured) if configured else Path(tempfile.gettempdir()) / "reference_store"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def warehouse(configured: str) -> Iterator[sqlite3.Connection]:
    """Open the warehouse; what happens inside is one transaction, undone as a whole by any exception."""
    with closing(sqlite3.connect(store_folder(configured) / "warehouse.sqlite")) as connection, connection:
        yield connection
