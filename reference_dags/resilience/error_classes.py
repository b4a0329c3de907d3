"""C11: each class of error gets the end that it deserves, and a failure keeps its full context.

Use it for calls to systems of others: a connection that breaks and a server that is busy are retried, missing rights
and nonsense fail at once, and a day that is not there yet is skipped. The classes stand in one function
(`common.errors.verdict`), so that a test can ask it about any error.

Not for raising the number of retries in the failure callback. When that is called, Airflow has decided: changing
`max_tries` or `retry_delay` there changes nothing. Which error is retried is decided where it is raised.

A callback must not fail itself and must not be slow: it writes one row. Airflow only logs what it raises.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.errors import judged
from common.failures import keep_failure
from common.shop import TIMEZONE, local_day


@task(retries=3, retry_delay=timedelta(minutes=1))
def fetch_returns(data_interval_start: datetime | None = None) -> list[dict[str, Any]]:
    """Read the day's parcels that customers sent back."""
    from airflow.providers.http.hooks.http import HttpHook

    carrier = HttpHook(method="GET", http_conn_id="carrier_api")
    with judged():
        answer = carrier.run(f"returns/{local_day(data_interval_start)}", extra_options={"check_response": False})
        answer.raise_for_status()
        returns: list[dict[str, Any]] = answer.json()["returns"]
    return returns


@task
def count_by_reason(returns: list[dict[str, Any]]) -> dict[str, int]:
    """Count the parcels by reason."""
    reasons = sorted(parcel["reason"] for parcel in returns)
    return {reason: reasons.count(reason) for reason in reasons}


@dag(
    description="Returned parcels from a carrier, each error ending as it deserves",
    schedule=CronDataIntervalTimetable("0 3 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "logistics-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
        "on_failure_callback": keep_failure,
    },
    doc_md=__doc__,
    tags=["reference", "resilience"],
)
def error_classes() -> None:
    """Fetch, then count."""
    count_by_reason(fetch_returns())


error_classes()
