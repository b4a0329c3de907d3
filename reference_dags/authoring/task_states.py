"""E2: a run in which tasks come to every state that a task can reach.

Use it to see in Airflow's own interface what each state looks like, and what it does to the tasks behind it. The run
fails on purpose.

Not a model for a pipeline: a task that is expected to fail has no place in one.

| task | states |
|---|---|
| `succeeds` | success |
| `retried` | up_for_retry, then success |
| `fails` | failed at once, in spite of its retries: AirflowFailException says that another try is of no use |
| `blocked` | upstream_failed |
| `skipped`, `behind_the_skipped` | skipped: the first by itself, the second since the default rule follows suit |
| `waits` | up_for_reschedule, until `delivers` has run; it holds no worker slot meanwhile |
| `deferred` | deferred to the triggerer, then success |

Before these, every task is without state, scheduled, queued and running. The last state, removed, is never one that a
run reaches by itself: a run that is cleared gets it for a task that the DAG no longer has.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pendulum

from common.compat import AirflowFailException, AirflowSkipException, BaseOperator, TimeDeltaTrigger, dag, task
from common.store import STORE, store_folder

PAUSE = timedelta(seconds=2)


def delivery(store: str, run: str) -> Path:
    """Return the file that one run's sensor waits for."""
    return store_folder(store) / f"delivery_{''.join(sign if sign.isalnum() else '_' for sign in run)}"


class DeferringOperator(BaseOperator):  # type: ignore[misc] # Airflow has no types here
    """Give the worker slot back for a moment."""

    def execute(self, context: Any) -> None:
        """Hand over to the triggerer."""
        del context
        self.defer(trigger=TimeDeltaTrigger(PAUSE), method_name="resume")

    def resume(self, context: Any, event: Any = None) -> str:
        """Go on when the trigger has fired; return what it told."""
        del context
        return str(event)


@task
def succeeds() -> None:
    """Succeed."""


@task(retries=1, retry_delay=timedelta(seconds=5))
def retried(ti: Any = None) -> int:
    """Fail once, then return the number of the try."""
    if ti.try_number == 1:
        raise ConnectionError("the first try fails")
    return int(ti.try_number)


@task
def fails() -> None:
    """Fail for good."""
    raise AirflowFailException("no other try would help")


@task
def skipped() -> None:
    """Skip itself."""
    raise AirflowSkipException("nothing to do")


@task
def delivers(store: str, run: str) -> None:
    """Write what the sensor waits for."""
    delivery(store, run).touch()


@task.sensor(mode="reschedule", poke_interval=3, timeout=600)
def waits(store: str, run: str) -> bool:
    """Look for the delivery, and clear it away."""
    there = delivery(store, run).exists()
    if there:
        delivery(store, run).unlink()
    return there


@task
def blocked() -> None:
    """Never run, since a task before it failed."""


@task
def behind_the_skipped() -> None:
    """Never run, since a task before it was skipped."""


@dag(
    description="Every state of a task in one run, which fails on purpose",
    schedule=None,
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "execution_timeout": timedelta(minutes=15),
    },
    doc_md=__doc__,
    tags=["reference", "authoring"],
)
def task_states() -> None:
    """Wire one small chain for each state."""
    begin = succeeds()
    begin >> fails() >> blocked()
    begin >> skipped() >> behind_the_skipped()
    begin >> retried() >> delivers(STORE, "{{ run_id }}")
    begin >> [waits(STORE, "{{ run_id }}"), DeferringOperator(task_id="deferred")]


task_states()
