"""D11: wait for a file that is complete and fresh, not only there.

Use it for files of others: an empty file is one that somebody has just begun to write, and an old one is yesterday's
that nobody cleared away. `mode="reschedule"` gives the worker back between two looks; after six hours the wait fails.

Not for waits of seconds (`poke` is cheaper then) and not for hundreds of files at once (see E15).

The path is a template, relative to the Connection's own path, so that no DAG says where a share is mounted. Ages are
computed with the timezone: a naive time is wrong by an hour when the clocks change.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.sensors.validated_file import ValidatedFileSensor
from common.shop import TIMEZONE


@task
def count_rows(path: str) -> int:
    """Count the rows below the header."""
    return len(Path(path).read_text(encoding="utf-8").splitlines()) - 1


@dag(
    description="Counts the rows of a partner's daily file once it is complete",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "logistics-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "sensors"],
)
def validated_file() -> None:
    """Wait, then count."""
    wait = ValidatedFileSensor(
        task_id="wait_for_file",
        filepath="{{ data_interval_start.in_timezone('Europe/Amsterdam').to_date_string() }}/orders.csv",
        fs_conn_id="partner_share",
        min_bytes=32,
        max_age=timedelta(hours=36),
        mode="reschedule",
        poke_interval=300,
        timeout=6 * 3_600,
    )
    count_rows(wait.output)


validated_file()
