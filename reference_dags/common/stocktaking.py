"""Three steps that a SubDAG and a task group share, so that both can be compared."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from common.compat import task
from common.shop import Order, local_day, orders_of
from common.store import STORE, store_folder


@task
def collect(store: str, data_interval_start: datetime | None = None) -> str:
    """Write the day's orders into a file; return its path."""
    day = local_day(data_interval_start)
    file = store_folder(store) / f"stocktaking_{day.isoformat()}.json"
    file.write_text(json.dumps(orders_of(day)), encoding="utf-8")
    return str(file)


@task
def count_sold(file: str) -> int:
    """Return how many pieces left the shop."""
    return sum(order["quantity"] for order in _orders(file))


@task
def count_returned(file: str) -> int:
    """Return how many pieces came back."""
    return sum(order["quantity"] for order in _orders(file) if order["refund"])


def _orders(file: str) -> list[Order]:
    orders: list[Order] = json.loads(Path(file).read_text(encoding="utf-8"))
    return orders


def stocktaking_tasks() -> None:
    """Make `collect >> [count_sold, count_returned]` in the DAG or task group whose block is open."""
    file = collect(STORE)
    count_sold(file)
    count_returned(file)
