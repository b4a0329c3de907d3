"""D7: choose the way of processing by the volume of the data, with a pool and a priority for each way.

Use it when large input needs other means than small input, and its size is only known once it is there. The measuring
is a task of its own, so that its result is kept, shown, and not measured again when the branch is repeated.

Not for input whose size is known beforehand: put it into the DAG's configuration.

More than 10 million records or more than 1,000 megabytes are large, more than 1 million or more than 100 medium,
everything else is small; a limit itself still belongs to the smaller way. The join is needed: without it nothing could
come after the branch. The pools stand in `resources/pools.json`.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, TypedDict

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE, local_day, orders_of, revenue

LARGE_RECORDS, LARGE_MEGABYTES = 10_000_000, 1_000
MEDIUM_RECORDS, MEDIUM_MEGABYTES = 1_000_000, 100
MEGABYTE = 1_000_000


class Volume(TypedDict):
    """How much there is to process."""

    records: int
    megabytes: float


def path_for(volume: Volume) -> str:
    """Return the id of the task that processes so much."""
    if volume["records"] > LARGE_RECORDS or volume["megabytes"] > LARGE_MEGABYTES:
        return "large_processing"
    if volume["records"] > MEDIUM_RECORDS or volume["megabytes"] > MEDIUM_MEGABYTES:
        return "medium_processing"
    return "small_processing"


@task
def check_data_volume(data_interval_start: datetime | None = None) -> Volume:
    """Measure the day's orders."""
    orders = orders_of(local_day(data_interval_start))
    return {"records": len(orders), "megabytes": len(json.dumps(orders)) / MEGABYTE}


@task.branch
def choose_processing_path(volume: Volume) -> str:
    """Choose by the volume alone."""
    return path_for(volume)


@task
def process(data_interval_start: datetime | None = None) -> int:
    """Return the day's revenue in cents; each way would bring its own engine."""
    return revenue(orders_of(local_day(data_interval_start)))


@task(trigger_rule="none_failed_min_one_success")
def report(results: dict[str, int | None]) -> dict[str, Any]:
    """Return which way was taken and what it found."""
    ((path, cents),) = [(path, cents) for path, cents in results.items() if cents is not None]
    return {"path": path, "cents": cents}


@dag(
    description="Large, medium or small processing by the volume of a day's data",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=2),
    },
    doc_md=__doc__,
    tags=["reference", "branching"],
)
def volume_branching() -> None:
    """Measure, choose, process, report."""
    large = process.override(task_id="large_processing", pool="large_processing", priority_weight=10)()
    medium = process.override(task_id="medium_processing", pool="standard_processing", priority_weight=5)()
    small = process.override(task_id="small_processing", pool="standard_processing", priority_weight=1)()
    volume = check_data_volume()
    path = choose_processing_path(
        volume
    )  # dagcheck: ignore[branch-undecided] D7: data decides, and tests give all of it
    path >> [large, medium, small]
    report({"large_processing": large, "medium_processing": medium, "small_processing": small})


volume_branching()
