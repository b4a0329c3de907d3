"""A pipeline as configuration, and the DAG that is made of it; see the DAG files in generation/ (B2, D1, D2)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import pendulum
from pydantic import BaseModel, ConfigDict, Field

from common.compat import AirflowFailException, dag, task
from common.factories.schedules import Schedule, timetable
from common.shop import TIMEZONE, Order, local_day, orders_of, revenue
from common.store import STORE, warehouse

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Region = Literal["eu-west", "us-east", "us-west"]


MEASURES: Mapping[str, Callable[[Sequence[Order]], int]] = {
    "orders": len,
    "quantity": lambda orders: sum(order["quantity"] for order in orders),
    "revenue": revenue,
}


class Pipeline(BaseModel):
    """One measure of the shop's orders, by region, written to the table `measures` on a schedule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    measure: Literal["orders", "quantity", "revenue"]
    schedule: Schedule = "@daily"
    regions: tuple[Region, ...] = Field(default=("eu-west", "us-east", "us-west"), min_length=1)
    minimum: int = Field(default=0, ge=0)
    owner: Name = "sales_data"


@task
def measure_orders(measure: str, regions: Sequence[str], data_interval_start: datetime | None = None) -> dict[str, int]:
    """Return the measure of the run's day by region."""
    orders = [order for order in orders_of(local_day(data_interval_start)) if order["quantity"]]
    return {region: MEASURES[measure]([one for one in orders if one["region"] == region]) for region in regions}


@task
def at_least(measured: dict[str, int], minimum: int) -> dict[str, int]:
    """Return what was measured; raises ValueError if it is less, in all, than it ever is."""
    total = sum(measured.values())
    if total < minimum:
        raise ValueError(f"{total} in all, at least {minimum} expected")
    return measured


@task
def write(name: str, measured: dict[str, int], store: str, data_interval_start: datetime | None = None) -> int:
    """Replace the pipeline's rows of the run's day and these regions; return how many there are now."""
    day = local_day(data_interval_start).isoformat()
    with warehouse(store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS measures (pipeline TEXT, day TEXT, region TEXT, value INTEGER)")
        mine = [(name, day, region) for region in measured]
        connection.executemany("DELETE FROM measures WHERE pipeline = ? AND day = ? AND region = ?", mine)
        rows = [(name, day, region, value) for region, value in measured.items()]
        connection.executemany("INSERT INTO measures VALUES (?, ?, ?, ?)", rows)
    return len(rows)


def arguments(owner: str) -> dict[str, Any]:
    """Return the default arguments of a generated DAG."""
    return {
        "owner": owner,
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    }


def build_pipeline(pipeline: Pipeline, dag_id: str, doc_md: str | None) -> Any:
    """Return the DAG of a pipeline."""

    @dag(
        dag_id=dag_id,
        description=f"The shop's {pipeline.measure} by region",
        schedule=timetable(pipeline.schedule),
        start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
        catchup=False,
        default_args=arguments(pipeline.owner),
        doc_md=doc_md,
        tags=["reference", "generation"],
    )
    def made() -> None:
        measured = measure_orders(pipeline.measure, list(pipeline.regions))
        write(pipeline.name, at_least(measured, pipeline.minimum), STORE)

    return made()


def build_report(dag_id: str, problems: Sequence[str], doc_md: str | None) -> Any:
    """Return a daily DAG that fails while there are problems, and names them; they are logged at every parse, too.

    An entry that cannot be used has no DAG of its own that could fail, so without this one nobody would notice.
    """
    for problem in problems:
        logging.getLogger(__name__).warning("%s: %s", dag_id, problem)

    @task
    def no_problems(found: Sequence[str]) -> None:
        if found:
            raise AirflowFailException("\n".join(found))

    @dag(
        dag_id=dag_id,
        description="Fails while a configuration entry cannot be used",
        schedule=timetable("@daily"),
        start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
        catchup=False,
        default_args=arguments("platform"),
        doc_md=doc_md,
        tags=["reference", "generation"],
    )
    def made() -> None:
        no_problems(list(problems))

    return made()
