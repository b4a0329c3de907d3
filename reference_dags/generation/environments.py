"""B7, B11: one DAG for development, staging and production, configured in one validated file.

Use it when the same DAG file is deployed to several environments. What differs stands in `environments.yaml`, under
review and version control; which environment it is, the Variable `environment` of each Airflow says, when a task runs.

Not for secrets (Connections of the same names hold them, in each environment its own), and not for a DAG that has
other tasks in production: what runs there must have run before.

What goes wrong easily:

- `Variable.get("environment", "dev")` at module level asks at every parse, and where the Variable is missing,
  production quietly runs as development. Here a task reads it, there is no default, and an unknown name is refused.
- `CONFIG[environment]` finds a typo of production's settings in production. Here all environments are validated
  wherever the file is read, and what is wrong is named by file and key.
- A file in a new layout is read by old code. Here it says its version.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import AirflowFailException, dag, task
from common.operators.batched_load import BatchedLoadOperator
from common.settings import read_settings
from common.shop import LOCAL_DAY, TIMEZONE

FILE = Path(__file__).parent / "environments.yaml"
SETTINGS = read_settings(FILE)


@task(multiple_outputs=True)
def choose_settings(environment: str) -> dict[str, Any]:
    """Return the settings of this Airflow's environment; an unknown one is no reason to try again."""
    try:
        return SETTINGS.of(environment).model_dump()
    except ValueError as error:
        raise AirflowFailException(str(error)) from None


@dag(
    description="Each day's orders into the warehouse, the same DAG in every environment",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "generation"],
)
def orders_by_environment() -> None:
    """Choose, then load."""
    chosen = choose_settings("{{ var.value.environment }}")
    BatchedLoadOperator(
        task_id="load_orders",
        source_conn_id=chosen["source_conn_id"],
        sql="SELECT order_id, day, region, product, quantity, refund FROM shop_orders WHERE day = %(day)s",
        parameters={"day": LOCAL_DAY},
        target_conn_id=chosen["target_conn_id"],
        target_table="order_facts",
        replace_where="day = %(day)s",
        batch_size=chosen["batch_size"],
    )


orders_by_environment()
