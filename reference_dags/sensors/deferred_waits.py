"""E15: many waits at once that hold no worker: deferrable sensors, which took the place of smart sensors.

Use it when a DAG waits for many things for long. A deferred task is a coroutine in the triggerer, which bears
thousands of them; a smart sensor, gone since Airflow 2.4, put many into one task, and `mode="reschedule"` still starts
a process for every look.

Not for a wait that is nearly always over at once: a sensor here looks once itself before it defers, which is enough.
It needs a running triggerer. The trigger is rebuilt there from `serialize()`: it must be importable and its arguments
plain data.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.sensors.deferred_file import DeferredFileSensor
from common.shop import REGIONS, TIMEZONE


@task
def bytes_by_file(paths: list[str]) -> dict[str, int]:
    """Return the size of each file."""
    return {Path(path).name: Path(path).stat().st_size for path in paths}


@dag(
    description="Waits for a file from each region, without holding a worker",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "logistics-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=13),  # what a deferred task waits counts too
    },
    doc_md=__doc__,
    tags=["reference", "sensors"],
)
def deferred_waits() -> None:
    """One wait per region, then the sizes."""
    waits = DeferredFileSensor.partial(
        task_id="wait_for_region", fs_conn_id="partner_share", poke_interval=300, timeout=12 * 3_600
    ).expand(filepath=[f"{region}.csv" for region in REGIONS])
    bytes_by_file(waits.output)


deferred_waits()
