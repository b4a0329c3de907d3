"""E9: when DAGs run: cron, preset, timedelta, asset, sensor, and the past when they are switched on late.

- `schedule_cron`: at ten in the evening of Amsterdam, in summer as in winter, since the start date has that zone.
- `schedule_preset`: `@weekly`, which is Sunday at midnight.
- `schedule_delta`: every six hours from the start date on, counted in elapsed time: no day has a run too many or too
  few, but the time on the clock moves with summer time.
- `schedule_asset`: whenever `schedule_cron` has written the sales, whatever the time.
- `schedule_sensor`: every morning, and then as soon as the partner's file is there.
- `schedule_catchup`: one run for each day of a closed past, the oldest first, three at a time.

Use cron where people expect a time on the clock, an asset where one DAG follows another, a sensor where what is waited
for is outside of Airflow. Not a sensor for another DAG's data, and no timedelta for "every morning".

`catchup` is spelled out in every DAG: Airflow 2 takes it for granted, Airflow 3 does not, and a start date of last year
then is hundreds of runs or one. What catches up must be idempotent, hence a load that replaces its day.

With a plain text or timedelta a run is for the interval that begins at its date on Airflow 2, which runs when that is
over, and at its date on Airflow 3: for a data interval that both agree on write a timetable, as the other DAGs do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum

from common.compat import Asset, dag, task
from common.shop import TIMEZONE, day_of_run, orders_of, revenue
from common.store import STORE, store_folder, warehouse

DAILY_SALES = Asset("x-shop://store/daily_sales")
COMMON: dict[str, Any] = {
    "start_date": pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    "default_args": {
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=13),
    },
    "doc_md": __doc__,
    "tags": ["reference", "authoring"],
}


@task
def write_sales(store: str, logical_date: datetime | None = None, dag_run: Any = None) -> int:
    """Replace the day's sales in the warehouse; return them, in cents."""
    day = day_of_run(logical_date, dag_run)
    cents = revenue(orders_of(day))
    with warehouse(store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS scheduled_sales (day TEXT PRIMARY KEY, cents INTEGER)")
        connection.execute("INSERT OR REPLACE INTO scheduled_sales VALUES (?, ?)", (day.isoformat(), cents))
    return cents


@task
def read_sales(store: str) -> int:
    """Return the sales of all days, in cents."""
    with warehouse(store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS scheduled_sales (day TEXT PRIMARY KEY, cents INTEGER)")
        (cents,) = connection.execute("SELECT coalesce(sum(cents), 0) FROM scheduled_sales").fetchone()
    return int(cents)


@task.sensor(mode="reschedule", poke_interval=600, timeout=12 * 3600)
def partner_file(store: str, day: str) -> bool:
    """Look for the partner's file of the day."""
    return (store_folder(store) / f"partner_{day}.csv").is_file()


@dag(description="At ten in the evening", schedule="0 22 * * *", catchup=False, **COMMON)
def schedule_cron() -> None:
    """Write the sales, and say so."""
    write_sales.override(outlets=[DAILY_SALES])(STORE)


@dag(description="Once a week", schedule="@weekly", catchup=False, **COMMON)
def schedule_preset() -> None:
    """Add up the sales."""
    read_sales(STORE)


@dag(description="Every six hours", schedule=timedelta(hours=6), catchup=False, **COMMON)
def schedule_delta() -> None:
    """Add up the sales."""
    read_sales(STORE)


@dag(description="Whenever there are new sales", schedule=[DAILY_SALES], catchup=False, **COMMON)
def schedule_asset() -> None:
    """Add up the sales."""
    read_sales(STORE)


@dag(description="As soon as the partner's file is there", schedule="0 6 * * *", catchup=False, **COMMON)
def schedule_sensor() -> None:
    """Wait, then add up the sales."""
    partner_file(STORE, "{{ ds }}") >> read_sales(STORE)


@dag(
    description="Each day of January 2024, however late it is switched on",
    schedule="0 0 * * *",
    catchup=True,
    max_active_runs=3,
    end_date=pendulum.datetime(2024, 1, 31, tz=TIMEZONE),
    **COMMON,
)
def schedule_catchup() -> None:
    """Write the sales."""
    write_sales(STORE)


schedule_cron()
schedule_preset()
schedule_delta()  # dagcheck: ignore[dst-shift] E9: elapsed time is what it shows
schedule_asset()
schedule_sensor()
schedule_catchup()
