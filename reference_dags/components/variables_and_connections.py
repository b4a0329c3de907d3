"""E8: Variables and Connections, read when a task runs.

Use Variables for what operations change without a deployment (a threshold, a switch), Connections for where systems
are and how to log in there. In an argument, a template reads them (as `var.value.x` and `conn.shop_api.host`); in a
task function, `Variable.get` and `BaseHook.get_connection` do.

Not for what belongs to the code (a constant in the file is reviewed and versioned), not for a value that one task
hands to another (XCom), and not for a secret in a template: it would stand in the rendered fields.

What goes wrong easily:

- A Variable read at module level is read at every parse, every few seconds, and is the parse's value, not the run's.
- A Variable is text: ask for JSON (`deserialize_json=True`, `var.json`) where it is more, and convert the rest.
- A Variable that nobody has set raises. Give a default where there is a sensible one, none where there is not.
- The name of the default differs (`default_var` on 2, `default` in airflow.sdk); as the second argument it works
  everywhere.
- Airflow 2.7 renders `doc_md` itself as a template when the file is parsed: braces in it would be lost or raise.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import BaseHook, Variable, dag, task
from common.shop import PRODUCTS, TIMEZONE, local_day, orders_of


@task
def large_orders(minimum: str, data_interval_start: datetime | None = None) -> list[str]:
    """Return the ids of the day's orders of at least `minimum` cents."""
    found = orders_of(local_day(data_interval_start))
    return [one["order_id"] for one in found if one["quantity"] * PRODUCTS[one["product"]] >= int(minimum)]


@task
def choose_receivers(data_interval_start: datetime | None = None) -> list[str]:
    """Return who is told on this day of the week; nobody, unless the Variable says otherwise."""
    receivers: dict[str, list[str]] = Variable.get("large_order_receivers", {}, deserialize_json=True)
    return receivers.get(f"{local_day(data_interval_start):%A}", receivers.get("default", []))


@task
def messages(order_ids: list[str], receivers: list[str]) -> list[dict[str, Any]]:
    """Return the requests to send, one for each receiver; where to stands in the Connection."""
    api = BaseHook.get_connection("shop_api")
    url = f"{api.conn_type}://{api.host}:{api.port}/{api.extra_dejson.get('path', 'messages')}"
    return [{"url": url, "to": receiver, "orders": order_ids} for receiver in receivers]


@dag(
    description="Who must hear of the day's large orders, by what operations have configured",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "components"],
)
def variables_and_connections() -> None:
    """Find, choose, prepare."""
    messages(large_orders("{{ var.value.large_order_cents }}"), choose_receivers())


variables_and_connections()
