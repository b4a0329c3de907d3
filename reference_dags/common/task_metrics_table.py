"""One row in BigQuery for each try of a task: how long it took, how much it did, how it ended."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

log = logging.getLogger(__name__)
TABLE = "monitoring.task_metrics"
SCHEMA = (
    {"name": "dag_id", "type": "STRING", "mode": "REQUIRED"},
    {"name": "task_id", "type": "STRING", "mode": "REQUIRED"},
    {"name": "run_id", "type": "STRING", "mode": "REQUIRED"},
    {"name": "try_number", "type": "INTEGER", "mode": "REQUIRED"},
    {"name": "logical_date", "type": "TIMESTAMP", "mode": "NULLABLE"},
    {"name": "records", "type": "INTEGER", "mode": "NULLABLE"},
    {"name": "seconds", "type": "FLOAT", "mode": "REQUIRED"},
    {"name": "error", "type": "STRING", "mode": "NULLABLE"},
    {"name": "recorded_at", "type": "TIMESTAMP", "mode": "REQUIRED"},
)
"""The columns, as the table has to be created."""


@dataclass
class Measured:
    """What a task may say about itself."""

    records: int | None = None


@contextmanager
def measured(context: Any, gcp_conn_id: str = "google_cloud_default") -> Iterator[Measured]:
    """Measure the block and write its row, also when the block fails.

    A row that BigQuery does not take is logged: it neither fails the task nor hides the error of one that failed.
    """
    told, begun, error = Measured(), time.monotonic(), None
    try:
        yield told
    except BaseException as raised:
        error = type(raised).__name__
        raise
    finally:
        row = _row(context, told, time.monotonic() - begun, error)
        try:
            _insert(row, gcp_conn_id)
        except Exception:
            log.exception("the metrics of this task are lost: %s", row)


def _row(context: Any, told: Measured, seconds: float, error: str | None) -> dict[str, Any]:
    ti = context["ti"]
    return {
        "dag_id": ti.dag_id,
        "task_id": ti.task_id,
        "run_id": context["run_id"],
        "try_number": ti.try_number,
        "logical_date": context.get("logical_date"),
        "records": told.records,
        "seconds": seconds,
        "error": error,
        "recorded_at": datetime.now(timezone.utc),
    }


def _insert(row: dict[str, Any], gcp_conn_id: str) -> None:
    from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

    hook = BigQueryHook(gcp_conn_id=gcp_conn_id, use_legacy_sql=False)
    dataset, _, table = TABLE.partition(".")
    hook.insert_all(
        project_id=hook.project_id, dataset_id=dataset, table_id=table, rows=[row], fail_on_error=True
    )  # by keyword: the provider's decorator refuses anything else
