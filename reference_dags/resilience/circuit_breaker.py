"""A7: a circuit breaker kept in a Variable, so that a service that is down is left alone.

Use it for a shared service that many runs call: after three failures in a row nobody calls it for half an hour, then
one task probes, and its success lets everybody call again. The check and the call are one task. As two tasks, the one
that checks would count its own successes, and nobody the failures of the call.

Not for a single nightly call: its retries are enough. A retry while the circuit is open makes no call and costs
nothing, so retries may go on until the service is back.

The Variable is read and written when the task runs, never when the file is parsed, and `max_active_runs=1` keeps two
tasks from counting at the same moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.circuit import circuit
from common.compat import dag, task
from common.shop import TIMEZONE, local_day

CIRCUIT = "circuit_payment_service"
THRESHOLD = 3
RECOVERY = timedelta(minutes=30)


@task(retries=2, retry_delay=timedelta(minutes=10))
def fetch_settlements(data_interval_start: datetime | None = None) -> list[dict[str, Any]]:
    """Ask the payment service for the day's settlements, unless its circuit is open."""
    from airflow.providers.http.hooks.http import HttpHook

    service = HttpHook(method="GET", http_conn_id="payment_api")
    with circuit(CIRCUIT, threshold=THRESHOLD, recovery=RECOVERY):
        settlements: list[dict[str, Any]] = service.run(f"settlements/{local_day(data_interval_start)}").json()
    return settlements


@task
def add_up(settlements: list[dict[str, Any]]) -> int:
    """Return the cents that were settled."""
    return sum(settlement["cents"] for settlement in settlements)


@dag(
    description="The day's settlements, from a service that is spared while it is down",
    schedule=CronDataIntervalTimetable("0 4 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "finance-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "resilience"],
)
def circuit_breaker() -> None:
    """Fetch behind the circuit, then add up."""
    add_up(fetch_settlements())


circuit_breaker()
