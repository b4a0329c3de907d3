"""D14: the circuit breaker as an operator: closed, open, half-open.

Use it when many DAGs call the same flaky system: the operator takes a plain function, and tasks that name the same
`circuit_variable` share one circuit. Here two tasks ask one stock service, one at a time; what the first finds out
about it, the second need not try.

Not where the caller must know why it got nothing: an open circuit fails the task with CircuitOpenError, which is
retried as any error is. Compare A7, which is the same circuit inside of a task function.

Times are kept in UTC with their timezone. A naive `datetime.now()` would open or close the circuit an hour off when
the clocks change, and differently on workers in different zones.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.operators.circuit_breaker import CircuitBreakerOperator
from common.shop import TIMEZONE

SHARED: dict[str, Any] = {
    "circuit_variable": "circuit_stock_service",
    "failure_threshold": 2,
    "recovery_timeout": timedelta(minutes=15),
    "retries": 1,
    "retry_delay": timedelta(minutes=5),
}


def stock_of(warehouse: str) -> int:
    """Return how many items lie in a warehouse."""
    from airflow.providers.http.hooks.http import HttpHook

    answer: dict[str, Any] = HttpHook(method="GET", http_conn_id="stock_api").run(f"stock/{warehouse}").json()
    return int(answer["items"])


@task
def total(stocks: list[int]) -> int:
    """Add up the stocks."""
    return sum(stocks)


@dag(
    description="The stock of two warehouses, from one service behind one circuit",
    schedule=CronDataIntervalTimetable("30 4 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    default_args={
        "owner": "logistics-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "resilience"],
)
def circuit_breaker_operator() -> None:
    """Ask for both warehouses, then add up."""
    north = CircuitBreakerOperator(task_id="stock_north", python_callable=stock_of, op_args=["north"], **SHARED)
    south = CircuitBreakerOperator(task_id="stock_south", python_callable=stock_of, op_args=["south"], **SHARED)
    total([north.output, south.output])


circuit_breaker_operator()
