"""D10: the pool and the priority of a task follow from the size of its data.

Use it when sources of very different size share machines: the large ones queue for two slots, without holding up the
small ones, and within a pool the task with the higher `priority_weight` goes first. `weight_rule="absolute"` takes the
numbers as they are; the default adds up the weights of everything downstream.

Not for sizes that are only known at run time: a pool is part of the task, not a template. Branch on the volume then
(D7), with one task per pool.

A task whose pool nobody created waits for ever. The function can only answer with pools of `pools.json` beside this
file, and a test holds it to that.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE, local_day, orders_of

LARGE_MB = 1_000
MEDIUM_MB = 100


class Source(NamedTuple):
    """A source with the size of one day, in megabytes, and how urgent it is (the higher the sooner)."""

    region: str
    megabytes: int
    priority: int


SOURCES = (Source("eu-west", 4_200, 10), Source("us-east", 640, 5), Source("us-west", 35, 5))


def pool_for(megabytes: float) -> str:
    """Return the pool for data of this size; the limits themselves belong to the smaller pool."""
    if megabytes > LARGE_MB:
        return "large_processing"
    return "medium_processing" if megabytes > MEDIUM_MB else "standard_processing"


@task
def count(region: str, data_interval_start: datetime | None = None) -> int:
    """Count one region's orders of the day."""
    return sum(1 for order in orders_of(local_day(data_interval_start)) if order["region"] == region)


@task
def total(counts: list[int]) -> int:
    """Add up the regions."""
    return sum(counts)


@dag(
    description="Counts orders by region, each in the pool that fits its size",
    schedule=CronDataIntervalTimetable("20 4 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=1),
        "weight_rule": "absolute",
    },
    doc_md=__doc__,
    tags=["reference", "resources"],
)
def pools_by_size() -> None:
    """One task per source, then the sum."""
    total(
        [
            count.override(
                task_id=f"count_{source.region.replace('-', '_')}",
                pool=pool_for(source.megabytes),
                priority_weight=source.priority,
            )(source.region)
            for source in SOURCES
        ]
    )


pools_by_size()
