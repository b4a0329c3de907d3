"""A9: a typed XCom: one task returns a Pydantic model, the next one takes it as that model.

Use it for results that several tasks or teams build on: fields have names and types, a value that does not fit fails
in the task that makes it, and the reader's editor knows what there is.

Not for a number or a list of names, and not for a model that changes every week: runs that are under way hold values
of the old one, so add fields with defaults, and never change what a field means.

What goes wrong easily:

- Airflow reads back only classes that are on a list, for reading one means importing it. Every Airflow that runs this
  DAG needs, beside what the list has already:

      AIRFLOW__CORE__ALLOWED_DESERIALIZATION_CLASSES="airflow.* common.results.*"

  (On 2.7 that is a list of regular expressions.)

- A model in the DAG file itself has another module name in each process that loads the file: keep it in a package.
- `model_dump()` in one task and a dict in the next gives up the validation that the model was for.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import AirflowFailException, dag, task
from common.results import ProcessingResult
from common.shop import TIMEZONE, local_day, orders_of


@task
def process(seconds_per_order: float = 0.002, data_interval_start: datetime | None = None) -> ProcessingResult:
    """Process the run's day; an order without a quantity is an error that does not stop the others."""
    orders = orders_of(local_day(data_interval_start))
    errors = tuple(order["order_id"] for order in orders if not order["quantity"])
    return ProcessingResult(
        records=len(orders) - len(errors),
        seconds=len(orders) * seconds_per_order,
        status="partial" if errors else "complete",
        errors=errors,
    )


@task
def validate(result: ProcessingResult, most_errors: int = 20) -> str:
    """Return the result in words; raises AirflowFailException if it cannot be used."""
    if not isinstance(result, ProcessingResult):
        raise TypeError(f"got a {type(result).__name__}: is common.results on the list of classes that may be read?")
    if len(result.errors) > most_errors:
        raise AirflowFailException(f"{len(result.errors)} of {result.records} failed: {', '.join(result.errors)}")
    return f"{result.records} records, {result.status}"


@dag(
    description="Processes a day's orders and validates the result, which travels as a model",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "components"],
)
def typed_results() -> None:
    """Process, then validate."""
    validate(process())


typed_results()
