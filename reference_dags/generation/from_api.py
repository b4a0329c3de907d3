"""D3: one DAG per endpoint that an API lists.

Use it when another system knows what there is to watch or to copy, and offers the list.

Not when the list is long and every entry is one short call: one DAG that maps over the list is lighter.

What goes wrong easily: all that goes wrong with a database (see `from_database.py`), and more.

- A request without a timeout waits for ever. Here connecting and each wait for data have one, and the task as a whole
  has `execution_timeout`, for a server that sends a byte a second keeps every read within its limit.
- An error page is not the list. Here the status must be good, the text must be JSON, and every key must be there
  before anything takes the place of the last good answer.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pendulum
from pydantic import BaseModel, ConfigDict, Field

from common.compat import AirflowException, dag, task
from common.factories.catalogues import refreshing
from common.factories.pipelines import Name, arguments
from common.factories.schedules import Schedule, timetable
from common.shop import TIMEZONE

COMMITTED = Path(__file__).parent / "catalogue" / "endpoints.json"
PATIENCE = (5.0, 20.0)
"""Seconds for connecting, and for each wait for data."""


class Endpoint(BaseModel):
    """What is asked, how often, and what must come back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    path: Annotated[str, Field(pattern="^/")]
    expected_status: int = Field(default=200, ge=100, le=599)
    timeout: float = Field(default=30, gt=0, le=300)
    schedule: Schedule = "*/5 * * * *"


class Listing(BaseModel):
    """What the API answers; more keys may come, these must."""

    endpoints: list[dict[str, Any]] = Field(min_length=1)


@task
def refresh() -> list[str]:
    """Publish the endpoints that the API lists; return their names. Nothing is published unless all are right."""
    from airflow.providers.http.hooks.http import HttpHook

    from common.configuration import ConfigurationError, all_validated, parse, validated
    from common.last_good import publish

    answer = HttpHook("GET", "catalogue_api").run("/endpoints", extra_options={"timeout": PATIENCE})
    listing = validated(Listing, parse(answer.text, "endpoints.json"), "endpoints.json")
    entries = [(f"endpoints.json: endpoints.{number}", entry) for number, entry in enumerate(listing.endpoints)]
    right, problems = all_validated(Endpoint, entries)
    if problems:
        raise ConfigurationError(problems)
    publish(COMMITTED, right)
    return [endpoint.name for endpoint in right]


@task
def probe(path: str, expected_status: int, timeout: float) -> int:
    """Ask an endpoint and return its status; raises AirflowException if it is not the expected one."""
    from airflow.providers.http.hooks.http import HttpHook

    options = {"timeout": timeout, "check_response": False, "allow_redirects": False}
    answer = HttpHook("GET", "shop_api").run(path, extra_options=options)
    if answer.status_code != expected_status:
        raise AirflowException(f"{path} answers {answer.status_code}, expected {expected_status}")
    return int(answer.status_code)


def build_monitor(endpoint: Endpoint) -> Any:
    """Return the DAG that watches an endpoint."""

    @dag(
        dag_id=f"api_monitor_{endpoint.name}",
        description=f"Watches {endpoint.path}",
        schedule=timetable(endpoint.schedule),
        start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
        catchup=False,
        max_active_runs=1,
        default_args={**arguments("platform"), "retry_delay": timedelta(seconds=20)},
        doc_md=__doc__,
        tags=["reference", "generation"],
    )
    def made() -> None:
        probe(endpoint.path, endpoint.expected_status, endpoint.timeout)

    return made()


def read_last_good() -> tuple[list[Endpoint], list[str]]:
    """Return the last good endpoints, and what is wrong with others."""
    from common.last_good import last_good

    return last_good(COMMITTED, Endpoint)


@dag(**refreshing("Brings the DAGs api_monitor_* in line with what the API lists", __doc__, timedelta(minutes=1)))
def refresh_endpoint_catalogue() -> None:
    """Ask, validate, publish."""
    refresh()


refresh_endpoint_catalogue()
DAGS = [build_monitor(endpoint) for endpoint in read_last_good()[0]]
