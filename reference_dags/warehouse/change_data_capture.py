"""E13 (incremental/CDC): every change of a table, deletions included, brought to a copy in another database.

Use it when a source has a log of its changes and the copy must not lag by a day. The source's trigger writes each
change with the id of its transaction; a run takes all transactions that are over, and moves its mark with the rows.

Not where a column `changed_at` is enough and nothing is deleted (see `warehouse/incremental_chunks.py`).

Easy to get wrong: numbers from a sequence are given when a row is written, not when it becomes visible. A transaction
that took number 10 may commit after one that took 11; a mark at 11 then never sees 10 again. The horizon here
(`pg_snapshot_xmin`) is the oldest transaction that is still open: everything below it is decided. Within a window the
last change of a key wins, and the mark is kept beside the copy and changes in the same transaction as the copy does.
"""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE

SOURCE, TARGET = "shop_db", "warehouse_db"
MARK = "SELECT coalesce((SELECT horizon FROM cdc_marks WHERE name = 'customers'), '0'::xid8)::text"
CHANGES = """
WITH horizon AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xid)
SELECT DISTINCT ON (customer_id) customer_id, operation, name
FROM customers_log, horizon
WHERE transaction >= %(mark)s::xid8 AND transaction < horizon.xid
ORDER BY customer_id, sequence DESC
"""
HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
UPSERT = """
INSERT INTO customers_copy (customer_id, name) VALUES (%s, %s)
ON CONFLICT (customer_id) DO UPDATE SET name = excluded.name
"""
DELETE = "DELETE FROM customers_copy WHERE customer_id = %s"
MOVE = """
INSERT INTO cdc_marks (name, horizon) VALUES ('customers', %s)
ON CONFLICT (name) DO UPDATE SET horizon = excluded.horizon
"""


def read_changes(source: Any, mark: str) -> tuple[list[tuple[Any, ...]], str]:
    """Return the last change of each key since the mark, and the new mark; both from one snapshot."""
    with closing(source.get_conn()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(HORIZON)
        (horizon,) = cursor.fetchone()
        cursor.execute(CHANGES, {"mark": mark})
        return cursor.fetchall(), str(horizon)


@task
def apply_changes() -> dict[str, int]:
    """Bring the copy up to date; return how many keys were written, and how many removed."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    target = PostgresHook(postgres_conn_id=TARGET)
    (mark,) = target.get_first(MARK)
    changes, horizon = read_changes(PostgresHook(postgres_conn_id=SOURCE), mark)
    gone = [(key,) for key, operation, _ in changes if operation == "D"]
    kept = [(key, name) for key, operation, name in changes if operation != "D"]
    with closing(target.get_conn()) as connection, closing(connection.cursor()) as cursor:
        cursor.executemany(DELETE, gone)
        cursor.executemany(UPSERT, kept)
        cursor.execute(MOVE, (horizon,))
        connection.commit()
    return {"written": len(kept), "removed": len(gone)}


@task
def watch_lag() -> int:
    """Return how many changes wait for transactions that are still open; fail when that is no longer normal."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    sql = "SELECT count(*) FROM customers_log WHERE transaction >= pg_snapshot_xmin(pg_current_snapshot())"
    (waiting,) = PostgresHook(postgres_conn_id=SOURCE).get_first(sql)
    if waiting > 10_000:  # noqa: PLR2004 - somebody left a transaction open
        raise ValueError(f"{waiting} changes wait for a transaction that does not end")
    return int(waiting)


@dag(
    description="Keeps a copy of the customers by the log of their changes",
    schedule=CronDataIntervalTimetable("*/10 * * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,  # the mark has one owner
    default_args={
        "owner": "warehouse",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=9),
    },
    doc_md=__doc__,
    tags=["reference", "warehouse"],
)
def change_data_capture() -> None:
    """Apply what is decided, then look at what is not."""
    apply_changes() >> watch_lag()


change_data_capture()
