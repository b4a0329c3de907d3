"""D9: ask another system how it is, and branch on the answer, whatever that answer is.

Use it when there is a second best way: with a cache, a partner's outage costs freshness and not the run.

Not for a system without which nothing can be done: let its task fail and be retried.

| the system's answer | branch |
|---|---|
| `{"status": "healthy"}` | `use_external_api` |
| `{"status": "degraded"}` | `use_cached_data` |
| any other status, such as `maintenance` | `skip_processing` |
| an HTTP error, no answer in time, no connection at all | `use_cached_data` |
| no JSON, no object, no `status` in it | `use_cached_data` |

An unknown word is a decision of the other side and is respected; an answer that cannot be understood is a fault, and a
fault of the other side never fails this run. A fault of ours does: without the Connection `partner_api` the branch
fails, since a cache that is used for weeks because of a typing error helps nobody.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.trigger import CronTriggerTimetable

from common.compat import BaseHook, Param, dag, task
from common.shop import PRODUCTS, TIMEZONE

LOG = logging.getLogger(__name__)
CONNECTION = "partner_api"
PATHS = {"healthy": "use_external_api", "degraded": "use_cached_data"}
WHEN_UNKNOWN = "skip_processing"
WHEN_BROKEN = "use_cached_data"
OK = 200


def base_url(conn_id: str) -> str:
    """Return the address in a Connection, as in `http://partner.example.com:8080`."""
    connection = BaseHook.get_connection(conn_id)
    scheme = connection.schema or connection.conn_type
    return f"{scheme}://{connection.host}" + (f":{connection.port}" if connection.port else "")


def path_for(answer: object) -> str:
    """Return the id of the task for the JSON that the system answered."""
    status = answer.get("status") if isinstance(answer, dict) else None
    return PATHS.get(status, WHEN_UNKNOWN) if isinstance(status, str) else WHEN_BROKEN


@task.branch
def check_external_system(params: dict[str, Any] | None = None) -> str:
    """Ask once, wait for `timeout_seconds` at most; never raises for what the other side does."""
    import requests

    url = f"{base_url(CONNECTION)}/health"
    try:
        response = requests.get(url, timeout=(params or {})["timeout_seconds"])
        return path_for(response.json()) if response.status_code == OK else WHEN_BROKEN
    except (requests.RequestException, ValueError, RecursionError) as error:  # no JSON, no text, or nested too deep
        LOG.warning("%s: %r", url, error)
        return WHEN_BROKEN


@task
def use_external_api(params: dict[str, Any] | None = None) -> dict[str, int]:
    """Return the partner's prices, in cents by product."""
    import requests

    response = requests.get(f"{base_url(CONNECTION)}/prices", timeout=(params or {})["timeout_seconds"])
    response.raise_for_status()
    return {product: int(cents) for product, cents in response.json().items()}


@task
def use_cached_data() -> dict[str, int]:
    """Return the prices of the last run that got any; here our own."""
    return dict(PRODUCTS)


@task
def skip_processing() -> None:
    """Do nothing on purpose, where the graph can show it."""


@task(trigger_rule="none_failed_min_one_success")
def report(fresh: dict[str, int] | None, cached: dict[str, int] | None, logical_date: datetime | None = None) -> str:
    """Return where the prices came from, and for when."""
    source = "the partner" if fresh else "the cache" if cached else "nowhere"
    return f"prices of {logical_date or 'a run by hand'} from {source}"


@dag(
    description="Prices from a partner, or from the cache, by the partner's health",
    schedule=CronTriggerTimetable("30 5 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=5),
    },
    params={
        "timeout_seconds": Param(10, type="number", exclusiveMinimum=0, description="for each call of the partner")
    },
    doc_md=__doc__,
    tags=["reference", "branching"],
)
def health_branching() -> None:
    """Ask, branch, report."""
    fresh, cached, skipped = use_external_api(), use_cached_data(), skip_processing()
    check = check_external_system()  # dagcheck: ignore[branch-undecided] tests give it a partner, in all its moods
    check >> [fresh, cached, skipped]
    skipped >> report(fresh, cached)


health_branching()
