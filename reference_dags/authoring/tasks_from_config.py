"""E6: tasks made in a loop over configuration that is code, and tasks made from what the run finds.

Use the loop for what is known when the file is parsed (`common/entities.py`): every entity has its tasks in the graph,
and a wrong entry fails in review. Use mapping for what only the run knows: here the regions that have orders.

Not the loop over anything that a parse has to ask for, a database or a Variable: the graph would change under a
running run.

Operators that a running task creates never run: Airflow knows the graph from parsing the file alone. What is often
written that way, a task that makes one operator per table it discovered, is `expand`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.entities import ENTITIES, Row, problems, read_source, transformed
from common.shop import TIMEZONE, local_day, orders_of, revenue


@task
def extract(entity: str, data_interval_start: datetime | None = None) -> list[Row]:
    """Return the entity's rows; raises ValueError that tells what is wrong with them."""
    rows = read_source(entity, local_day(data_interval_start))
    if found := problems(ENTITIES[entity], rows):
        raise ValueError(f"{entity}: {'; '.join(found)}")
    return rows


@task
def transform(entity: str, rows: list[Row]) -> list[Row]:
    """Return the rows as the entity's transformations leave them."""
    return transformed(ENTITIES[entity], rows)


@task
def load(entities: dict[str, list[Row]]) -> dict[str, int]:
    """Return how many rows of each entity there are."""
    return {entity: len(rows) for entity, rows in entities.items()}


@task
def discover_regions(orders: list[Row]) -> list[str]:
    """Return the regions that have orders on this day."""
    return sorted({row["region"] for row in orders})


@task
def region_revenue(region: str, data_interval_start: datetime | None = None) -> int:
    """Return one region's revenue, in cents."""
    return revenue(order for order in orders_of(local_day(data_interval_start)) if order["region"] == region)


@task
def complete(regions: list[str], cents: Iterable[int]) -> dict[str, int]:
    """Return the revenue by region."""
    return dict(zip(regions, cents, strict=True))


@dag(
    description="Tasks by entity from configuration, and tasks by region from what the run finds",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=2),
        "execution_timeout": timedelta(minutes=15),
    },
    doc_md=__doc__,
    tags=["reference", "authoring"],
)
def tasks_from_config() -> None:
    """Loop over the configuration; map over what is discovered."""
    raw, clean = {}, {}
    for name in ENTITIES:
        raw[name] = extract.override(task_id=f"extract_{name}")(name)
        clean[name] = transform.override(task_id=f"transform_{name}")(name, raw[name])
    load(clean)
    regions = discover_regions(raw["orders"])
    complete(regions, region_revenue.expand(region=regions))


tasks_from_config()
