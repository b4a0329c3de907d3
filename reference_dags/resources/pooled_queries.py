"""A14: pools and slots, so that parallel tasks share what is scarce.

Use it when a system behind the tasks bears only so much at once: a pool limits all tasks of all DAGs that name it,
and a heavy task takes several slots. With ten `warehouse_queries` slots and two per query, five of the ten queries
run at a time; `shop_api` lets five calls through, one slot each.

Not for limiting one DAG alone (`max_active_tasks`) or one task across runs (`max_active_tis_per_dag`).

A task whose pool nobody created waits for ever, so the pools are part of the code, in `pools.json` beside this file:

    airflow pools import reference_dags/resources/pools.json
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import PRODUCTS, REGIONS, TIMEZONE, days_before, local_day, orders_of, revenue

QUERIES = 10


@task(pool="warehouse_queries", pool_slots=2, execution_timeout=timedelta(minutes=20))
def heavy_query(weeks_back: int, data_interval_end: datetime | None = None) -> int:
    """Return the revenue, in cents, of the week that ended `weeks_back` weeks before the end of the interval."""
    until = local_day(data_interval_end) - timedelta(weeks=weeks_back)
    return sum(revenue(orders_of(day)) for day in days_before(until, 7))


@task(pool="shop_api", pool_slots=1, retries=3, retry_delay=timedelta(seconds=30), retry_exponential_backoff=True)
def api_call(region: str, data_interval_start: datetime | None = None) -> dict[str, int]:
    """Ask the shop for one region's quantities by product on the first day of the interval."""
    sold = Counter(dict.fromkeys(PRODUCTS, 0))
    for order in orders_of(local_day(data_interval_start)):
        if order["region"] == region:
            sold[order["product"]] += order["quantity"]
    return dict(sold)


@task
def report(weeks: Sequence[int], regions: Sequence[dict[str, int]]) -> dict[str, int]:
    """Return the mean weekly revenue in cents, and the quantity by product over all regions."""
    totals: Counter[str] = Counter()
    for region in regions:
        totals.update(region)
    return {"mean_weekly_cents": sum(weeks) // len(weeks), **totals}


@dag(
    description="Ten heavy queries and three API calls in parallel, as many at once as their pools allow",
    schedule=CronDataIntervalTimetable("0 4 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=5),
    },
    doc_md=__doc__,
    tags=["reference", "resources"],
)
def pooled_queries() -> None:
    """Fan out to both pools and collect."""
    weeks = [heavy_query.override(task_id=f"query_week_{back}")(back) for back in range(QUERIES)]
    regions = [api_call.override(task_id=f"call_{region.replace('-', '_')}")(region) for region in REGIONS]
    report(weeks, regions)


pooled_queries()
