"""B8, C14: health checks with metrics, a threshold, a trend, and an alert on what is critical.

Use it for what many DAGs depend on: one DAG tells which dependency is down, before thirty DAGs fail because of it. Each
check is a mapped instance that tells and never raises; the report logs all of them, sends gauges, keeps the history and
compares with it. Only `verdict` fails, for a critical dependency, and its failure alerts.

Not instead of retries in the DAGs that use the dependency: between two checks there are minutes.

A threshold is on the state (down), a trend on the duration (over three times the median of the last twenty): it is only
reported, since a slow dependency still works.

What is told of a dependency is one XCom (`multiple_outputs=False`): of a TypedDict Airflow would make one for each key,
and 3.0 fails where a value is None.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import AirflowFailException, dag, instances_named, task
from common.health import Health, check, keep
from common.notifiers.slack import SlackFailureAlert
from common.shop import TIMEZONE
from common.statsd import emit
from common.store import STORE

log = logging.getLogger(__name__)
DEPENDENCIES = (
    {"name": "shop_database", "kind": "database", "target": "shop_db"},
    {"name": "shop_api", "kind": "http", "target": "shop_api"},
    {"name": "store", "kind": "folder", "target": STORE},
)
CRITICAL = {"shop_database", "shop_api"}


@task(multiple_outputs=False, **instances_named("{{ task.op_kwargs['name'] }}"))
def check_dependency(name: str, kind: str, target: str) -> Health:
    """Look at one dependency."""
    return check(name, kind, target)


@task
def report(found: Iterable[Health], store: str, run_id: str | None = None) -> dict[str, dict[str, Any]]:
    """Log, measure and keep what was found; return it by dependency."""
    every = list(found)
    slower = keep(store, str(run_id), every)
    for one in every:
        level = logging.INFO if one["healthy"] and not slower[one["name"]] else logging.WARNING
        log.log(level, "%s: %s", one["name"], one["error"] or f"healthy, {one['seconds']:.3f} s")
        emit(f"health.{one['name']}", int(one["healthy"]), "g")
        emit(f"health_duration.{one['name']}", one["seconds"] * 1_000, "ms")
    return {one["name"]: {**one, "slower": slower[one["name"]]} for one in every}


@task(on_failure_callback=SlackFailureAlert())
def verdict(found: dict[str, dict[str, Any]]) -> list[str]:
    """Return the dependencies that work; fail for good if a critical one does not."""
    down = sorted(name for name, one in found.items() if not one["healthy"])
    critical = [f"{name} ({found[name]['error']})" for name in down if name in CRITICAL]
    if critical:
        raise AirflowFailException(f"down: {', '.join(critical)}")
    return sorted(found.keys() - set(down))


@dag(
    description="How the shop's database, its API and the store are, every quarter of an hour",
    schedule=CronDataIntervalTimetable("*/15 * * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=3),
    },
    doc_md=__doc__,
    tags=["reference", "observability"],
)
def health_checks() -> None:
    """Check each dependency, report, judge."""
    verdict(report(check_dependency.expand_kwargs(list(DEPENDENCIES)), STORE))


health_checks()
