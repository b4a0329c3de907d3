"""Health checks of what the DAGs depend on; a check tells, and never raises."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import TypedDict

from common.store import store_folder, warehouse

ENOUGH = 5
SLOW = 3.0


class Health(TypedDict):
    """What one check found; `seconds` is how long it took, `error` why it is not healthy."""

    name: str
    healthy: bool
    seconds: float
    error: str | None


def ask_database(conn_id: str) -> None:
    """Run the shortest query there is."""
    from common.compat import BaseHook

    BaseHook.get_connection(conn_id).get_hook().get_first("SELECT 1")


def ask_http(conn_id: str) -> None:
    """Ask for the status page; HttpHook raises for a status of 400 and more."""
    from airflow.providers.http.hooks.http import HttpHook

    HttpHook(method="GET", http_conn_id=conn_id).run("health", extra_options={"timeout": 10})


def look_at_folder(store: str) -> None:
    """Check that the store can be written to."""
    folder = store_folder(store)
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"{folder} cannot be written to")


CHECKS: Mapping[str, Callable[[str], None]] = {"database": ask_database, "http": ask_http, "folder": look_at_folder}


def check(name: str, kind: str, target: str) -> Health:
    """Return how a dependency is."""
    begun, error = time.monotonic(), None
    try:
        CHECKS[kind](target)
    except Exception as raised:  # noqa: BLE001 - whatever it is, it is the finding
        error = f"{type(raised).__name__}: {raised}"
    return {"name": name, "healthy": error is None, "seconds": time.monotonic() - begun, "error": error}


def is_slower(seconds: float, before: Sequence[float]) -> bool:
    """Tell whether a check took over three times as long as it usually does; never with fewer than five before it."""
    return len(before) >= ENOUGH and seconds > SLOW * median(before)


def keep(store: str, at: str, found: Sequence[Health]) -> dict[str, bool]:
    """Add the checks to the history, once for each moment; return which of them were slower than usual."""
    slower = {}
    with warehouse(store) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS health "
            "(at TEXT, name TEXT, healthy INTEGER, seconds REAL, PRIMARY KEY (at, name))"
        )
        for one in found:
            history = connection.execute(
                "SELECT seconds FROM health WHERE name = ? AND healthy AND at < ? ORDER BY at DESC LIMIT 20",
                (one["name"], at),
            )
            slower[one["name"]] = is_slower(one["seconds"], [seconds for (seconds,) in history])
            row = (at, one["name"], one["healthy"], one["seconds"])
            connection.execute("INSERT OR REPLACE INTO health VALUES (?, ?, ?, ?)", row)
    return slower
