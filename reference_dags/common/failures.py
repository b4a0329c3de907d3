"""A failure callback that keeps what a person needs to find out why."""

from __future__ import annotations

from typing import Any

from common.store import warehouse

_TABLE = """
CREATE TABLE IF NOT EXISTS task_failures (
    dag_id TEXT, task_id TEXT, map_index INTEGER, run_id TEXT, logical_date TEXT, try_number INTEGER,
    error TEXT, message TEXT, log_url TEXT
)
"""


def failure_of(context: Any) -> dict[str, Any]:
    """Return what the context of a failure callback tells; the logical date is None for a run without one."""
    ti, error, date = context["ti"], context.get("exception"), context.get("logical_date")
    return {
        "dag_id": ti.dag_id,
        "task_id": ti.task_id,
        "map_index": ti.map_index,
        "run_id": context["run_id"],
        "logical_date": date and date.isoformat(),
        "try_number": ti.try_number,
        "error": type(error).__name__,
        "message": str(error),
        "log_url": ti.log_url,
    }


def keep_failure(context: Any) -> None:
    """Write the failure into the warehouse's table `task_failures`."""
    from common.compat import Variable

    row = failure_of(context)
    with warehouse(Variable.get("reference_store", "")) as connection:
        connection.execute(_TABLE)
        connection.execute(f"INSERT INTO task_failures VALUES ({', '.join('?' for _ in row)})", tuple(row.values()))  # noqa: S608 - only question marks
