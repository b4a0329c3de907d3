"""An audit trail: who did what with which data, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from common.store import warehouse

_TABLE = "CREATE TABLE IF NOT EXISTS audit_trail (at TEXT, who TEXT, run_id TEXT, what TEXT, how TEXT, rows INTEGER)"


@dataclass
class Audited:
    """What the work says about itself."""

    rows: int | None = None


def who_started(context: Any) -> str:
    """Return the user who triggered the run, or the type of the run: `scheduled`, `backfill` ..."""
    run = context["dag_run"]
    return getattr(run, "triggering_user_name", None) or str(getattr(run.run_type, "value", run.run_type))


@contextmanager
def audited(store: str, context: Any, what: str) -> Iterator[Audited]:
    """Write a row before the work and one after it, whatever came of it. No row, no work: this raises if it cannot."""
    told = Audited()
    _write(store, context, what, "begun", told)
    try:
        yield told
    except BaseException as error:
        _write(store, context, what, f"failed: {type(error).__name__}", told)  # a message might hold a secret
        raise
    _write(store, context, what, "done", told)


def _write(store: str, context: Any, what: str, how: str, told: Audited) -> None:
    at = datetime.now(timezone.utc).isoformat()
    with warehouse(store) as connection:
        connection.execute(_TABLE)
        row = (at, who_started(context), context["run_id"], what, how, told.rows)
        connection.execute("INSERT INTO audit_trail VALUES (?, ?, ?, ?, ?, ?)", row)
