"""B2, D1: one DAG per entity of a list.

Use it when a handful of entities goes the same way and the list belongs to the code: who adds an entity adds a line,
and the type checker sees it.

Not when others than the DAG's authors keep the list (files, a database or an API then), and not when entities differ
in their steps: a factory full of `if` is harder to read than two DAGs.

What goes wrong easily:

- A function made in the loop sees the loop's last value when it runs. Here the entity is an argument.
- `globals()[name] = DAG(...)` hides a second DAG of the same id behind the first one. Here DAGs register themselves,
  and an id that stands twice is an error.
- A file in which the words `airflow` and `dag` do not both stand is never parsed (Airflow's safe mode): one that
  imports everything from its own package must name them somewhere, as this line does.
- The source of an entity is looked up when the file is parsed. Here it is a function that the task calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pendulum

from common.compat import dag, task
from common.factories.pipelines import arguments
from common.factories.schedules import timetable
from common.shop import PRODUCTS, TIMEZONE, local_day, orders_of
from common.store import STORE, warehouse

Row = tuple[str, int]


def from_orders(day: date) -> list[Row]:
    """Read the order system: quantity by order."""
    return [(order["order_id"], order["quantity"]) for order in orders_of(day)]


def from_payments(day: date) -> list[Row]:
    """Read the payment provider: cents paid back by order."""
    return [(order["order_id"], order["refund"]) for order in orders_of(day) if order["refund"]]


def from_catalogue(_day: date) -> list[Row]:
    """Read the product catalogue: price in cents by product."""
    return sorted(PRODUCTS.items())


SOURCES: dict[str, Callable[[date], list[Row]]] = {
    "order_system": from_orders,
    "payments": from_payments,
    "catalogue": from_catalogue,
}


@dataclass(frozen=True, kw_only=True)
class Entity:
    """What is copied, from where, how often."""

    name: str
    source: str
    schedule: str


ENTITIES = (
    Entity(name="orders", source="order_system", schedule="@hourly"),
    Entity(name="refunds", source="payments", schedule="@daily"),
    Entity(name="products", source="catalogue", schedule="@weekly"),
)


@task
def extract(source: str, data_interval_start: datetime | None = None) -> list[Row]:
    """Read the run's day from a source."""
    return SOURCES[source](local_day(data_interval_start))


@task
def load(entity: str, rows: list[Row], store: str, data_interval_start: datetime | None = None) -> int:
    """Replace the entity's rows of the run's day; return how many there are now."""
    day = local_day(data_interval_start).isoformat()
    with warehouse(store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS entities (entity TEXT, day TEXT, id TEXT, value INTEGER)")
        connection.execute("DELETE FROM entities WHERE entity = ? AND day = ?", (entity, day))
        connection.executemany("INSERT INTO entities VALUES (?, ?, ?, ?)", [(entity, day, *row) for row in rows])
    return len(rows)


def build_entity(entity: Entity) -> Any:
    """Return the DAG of an entity."""

    @dag(
        dag_id=f"entity_{entity.name}",
        description=f"Copies {entity.name} from {entity.source}",
        schedule=timetable(entity.schedule),
        start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
        catchup=False,
        default_args=arguments("sales_data"),
        doc_md=__doc__,
        tags=["reference", "generation", entity.source],
    )
    def made() -> None:
        load(entity.name, extract(entity.source), STORE)

    return made()


DAGS = [build_entity(entity) for entity in ENTITIES]
