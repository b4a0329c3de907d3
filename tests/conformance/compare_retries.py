"""Ask the installed TaskInstance and our function when a failed try is repeated; print where they differ."""

from __future__ import annotations

import datetime
import itertools
import json
from types import SimpleNamespace
from typing import Any

from airflow.models.taskinstance import TaskInstance

from dagcheck._airflow import versions
from dagcheck._airflow.semantics import semantics
from dagcheck.running.graph import Retries
from dagcheck.running.retrying import retry_delay

END = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc)
SECONDS = (0.0, 0.4, 1.0, 30.0, 300.0, 90_000.0)
LONGEST = (None, datetime.timedelta(minutes=10))
TRIES = (1, 2, 3, 7, 60)


def theirs(task_id: str, retries: Retries, logical_date: object, number: int) -> float:
    task = SimpleNamespace(
        retry_delay=retries.delay, retry_exponential_backoff=retries.backoff, max_retry_delay=retries.longest
    )
    seen = number + 1 if semantics().backoff_counts_next_try else number  # `try_number` of 2.9 and older
    instance: Any = SimpleNamespace(
        task=task, dag_id="dag", task_id=task_id, execution_date=logical_date, logical_date=logical_date,
        try_number=seen, end_date=END, retry_delay_override=None,
    )  # fmt: skip
    return float((TaskInstance.next_retry_datetime(instance) - END).total_seconds())


def main() -> None:
    backoffs = (0.0, 2.0, 1.0, 3.0) if versions.at_least(3, 2) else (0.0, 2.0)  # a switch before
    differing, compared = [], 0
    for seconds, backoff, longest, number, task_id in itertools.product(SECONDS, backoffs, LONGEST, TRIES, ("a", "b")):
        retries = Retries(delay=datetime.timedelta(seconds=seconds), backoff=backoff, longest=longest)
        for logical_date in (END, None):
            compared += 1
            expected = theirs(task_id, retries, logical_date, number)
            counts_next = semantics().backoff_counts_next_try
            delay = retry_delay(retries, f"dag#{task_id}#{logical_date}", number, counts_next=counts_next)
            if delay.total_seconds() != expected:
                differing.append([repr(retries), number, expected, delay.total_seconds()])
    print(json.dumps({"compared": compared, "differing": differing[:20]}))  # noqa: T201


if __name__ == "__main__":
    main()
