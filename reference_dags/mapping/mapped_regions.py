"""A1: one mapped task instance per configuration, then one task that sees all results.

Use it when the number of pieces is only known when the run starts. Each piece is retried, cleared and watched by
itself, and the interface shows it under its own name.

Not for a fixed handful of pieces that the graph should show (write them out), and not for pieces of a second each:
every instance costs a worker slot and a row in the metadata DB.

With nothing to do the mapped task is skipped. The aggregate runs all the same (`none_failed`) and says so, because
a report of zero is worth more than a report that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypedDict

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import Param, dag, instances_named, task
from common.shop import REGIONS, TIMEZONE, local_day, orders_of, revenue


class Config(TypedDict):
    """What one mapped instance works on; a low priority number goes first."""

    region: str
    data_type: str
    priority: int


class Result(TypedDict):
    """What one mapped instance found."""

    region: str
    data_type: str
    orders: int
    cents: int


CONFIGS: tuple[Config, ...] = (
    {"region": "us-west", "data_type": "sales", "priority": 2},
    {"region": "us-east", "data_type": "sales", "priority": 1},
    {"region": "eu-west", "data_type": "refunds", "priority": 1},
)


@task
def choose_configs(params: dict[str, Any] | None = None) -> list[Config]:
    """Return the configurations of the regions that this run is for, most urgent first."""
    wanted = set((params or {}).get("regions", REGIONS))
    chosen = [config for config in CONFIGS if config["region"] in wanted]
    return sorted(chosen, key=lambda config: (config["priority"], config["region"]))


@task(**instances_named("{{ task.op_kwargs['config']['region'] }}"))
def process_region(config: Config, data_interval_start: datetime | None = None) -> Result:
    """Count one region's orders, or refunds, of the run's day and add up what they brought in, or cost."""
    found = orders_of(local_day(data_interval_start))
    orders = [order for order in found if order["region"] == config["region"]]
    if config["data_type"] == "refunds":
        orders = [order for order in orders if order["refund"]]
        cents = sum(order["refund"] for order in orders)
    else:
        cents = revenue(orders)
    return {"region": config["region"], "data_type": config["data_type"], "orders": len(orders), "cents": cents}


@task(trigger_rule="none_failed")
def aggregate(results: Iterable[Result] | None) -> dict[str, Any]:
    """Add up all results; `regions` lists them in the order of the configurations."""
    found = list(results or ())  # None on Airflow 2 when nothing was mapped
    return {
        "regions": [result["region"] for result in found],
        "orders": sum(result["orders"] for result in found),
        "cents": {result["region"]: result["cents"] for result in found},
    }


@dag(
    description="Figures by region, one mapped task instance per configuration",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=10),
    },
    params={
        "regions": Param(
            list(REGIONS),
            type="array",
            items={"type": "string", "enum": list(REGIONS)},
            description="The regions to process; an empty list is a run with nothing to do",
        )
    },
    doc_md=__doc__,
    tags=["reference", "mapping"],
)
def mapped_regions() -> None:
    """Choose, map, aggregate."""
    aggregate(process_region.expand(config=choose_configs()))


mapped_regions()
