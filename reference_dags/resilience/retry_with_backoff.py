"""A5: retry what may heal, with growing pauses up to a cap; fail at once on what will not.

Use it for every call to a system that can be down for a moment. The pauses double from one minute, spread by Airflow
so that not all tasks come back at the same second, and never exceed ten minutes: a long outage is noticed soon after
it ends.

Not for bad data: the tenth attempt reads the same bytes. What only a person can mend is raised as AirflowFailException,
which ends the retries whatever is left of them. Any other exception, AirflowException included, is retried; catching a
ConnectionError in order to raise it as something else is at best noise.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import AirflowFailException, dag, task
from common.shop import TIMEZONE, local_day


def checked(answer: Any) -> dict[str, float]:
    """Return the rates by currency; raises ValueError that names what is wrong."""
    if not isinstance(answer, dict) or not answer:
        raise ValueError(f"rates must be an object with at least one currency, got {answer!r}")
    for currency, rate in answer.items():
        if not isinstance(rate, (int, float)) or rate <= 0:
            raise ValueError(f"the rate of {currency} must be a positive number, got {rate!r}")
    return {currency: float(rate) for currency, rate in answer.items()}


@task(
    retries=6,
    retry_delay=timedelta(minutes=1),
    retry_exponential_backoff=True,
    max_retry_delay=timedelta(minutes=10),
)
def fetch_rates(data_interval_start: datetime | None = None) -> dict[str, float]:
    """Read the day's exchange rates from the bank."""
    from airflow.providers.http.hooks.http import HttpHook

    bank = HttpHook(method="GET", http_conn_id="bank_api")
    try:
        return checked(bank.run(f"rates/{local_day(data_interval_start)}").json())
    except ValueError as error:  # malformed JSON is one too
        raise AirflowFailException(f"the bank answered nonsense: {error}") from error


@task
def dearest(rates: dict[str, float]) -> str:
    """Return the currency with the highest rate, names breaking ties."""
    return max(sorted(rates), key=lambda currency: rates[currency])


@dag(
    description="Exchange rates from a bank whose API is sometimes down",
    schedule=CronDataIntervalTimetable("0 6 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "finance-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=5),
    },
    doc_md=__doc__,
    tags=["reference", "resilience"],
)
def retry_with_backoff() -> None:
    """Fetch, then look for the dearest."""
    dearest(fetch_rates())


retry_with_backoff()
