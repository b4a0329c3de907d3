"""What the shop knows, as configuration: one entry per entity, from which task groups and loops of tasks are built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.shop import PRODUCTS, REGIONS, orders_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Entity:
    """One table: its key, the columns that every row must have, and the names of what is done to its rows."""

    name: str
    key: str
    required: tuple[str, ...]
    transformations: tuple[str, ...] = ()


ENTITIES: Mapping[str, Entity] = {
    entity.name: entity
    for entity in (
        Entity("products", key="product", required=("cents",), transformations=("sort",)),
        Entity("regions", key="region", required=("region",), transformations=("sort",)),
        Entity(
            "orders", key="order_id", required=("product", "region"), transformations=("drop_cancelled", "add_cents")
        ),
    )
}


def read_source(entity: str, day: date) -> list[Row]:
    """Return an entity's rows as the order system has them on a day."""
    rows: dict[str, Callable[[], list[Row]]] = {
        "products": lambda: [{"product": product, "cents": cents} for product, cents in PRODUCTS.items()],
        "regions": lambda: [{"region": region} for region in REGIONS],
        "orders": lambda: [dict(order) for order in orders_of(day)],
    }
    return rows[entity]()


def problems(entity: Entity, rows: list[Row]) -> list[str]:
    """Return what is wrong with the rows: none at all, a column without a value, a key that stands twice."""
    lacking = {
        column: sum(1 for row in rows if row.get(column) in {None, ""}) for column in (entity.key, *entity.required)
    }
    twice = sorted(str(key) for key, count in Counter(row.get(entity.key) for row in rows).items() if count > 1)
    return [
        *([] if rows else ["no rows"]),
        *(f"{count} rows without {column}" for column, count in lacking.items() if count),
        *(f"{entity.key} {key} stands twice" for key in twice),
    ]


def transformed(entity: Entity, rows: list[Row]) -> list[Row]:
    """Return the rows after the entity's transformations, in their order."""
    steps: dict[str, Callable[[list[Row]], list[Row]]] = {
        "sort": lambda rows: sorted(rows, key=lambda row: str(row[entity.key])),
        "drop_cancelled": lambda rows: [row for row in rows if row["quantity"]],
        "add_cents": lambda rows: [{**row, "cents": PRODUCTS[row["product"]] * row["quantity"]} for row in rows],
    }
    for name in entity.transformations:
        rows = steps[name](rows)
    return rows
