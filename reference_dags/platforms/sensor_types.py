"""E12 (sensors): waiting for a file, an object, another DAG's task, a web service and a row.

Use a sensor for what does not tell by itself that it is ready. Where it can tell (an asset, an event, a trigger by the
API), let it.

Not for waits of days, and never without `timeout`: the default is a week, in which nobody hears anything.

Easy to get wrong: `poke` holds a worker slot all the time, `reschedule` gives it back; a sensor that meets an error is
not one whose condition is not met, so an error fails the task; a missing bucket is an error, a missing key is a wait.
ExternalTaskSensor looks for a run of exactly this logical date: both DAGs must have the same schedule, or it waits
until the end of its timeout; and without `failed_states` it waits on for a task that has failed long ago.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.providers.common.sql.sensors.sql import SqlSensor
from airflow.providers.http.sensors.http import HttpSensor
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import EmptyOperator, FileSensor, dag
from common.compat_dags import ExternalTaskSensor
from common.shop import TIMEZONE

DAY = "{{ data_interval_start.in_timezone('Europe/Amsterdam').date() }}"


def is_closed(response: Any) -> bool:
    """Tell whether the shop has closed its books."""
    return bool(response.json().get("closed"))


@dag(
    description="Waits for five things of one day, each by its own sensor",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=5),
        "mode": "reschedule",
        "poke_interval": 900,
        "timeout": 2 * 60 * 60,
    },
    doc_md=__doc__,
    tags=["reference", "platforms"],
)
def sensor_types() -> None:
    """All five, then go."""
    sensors = [
        FileSensor(task_id="wait_for_file", fs_conn_id="shop_files", filepath=f"{DAY}/done"),
        S3KeySensor(task_id="wait_for_object", bucket_name="shop-lake", bucket_key=f"ready/{DAY}.json"),
        ExternalTaskSensor(
            task_id="wait_for_task",
            external_dag_id="etl_basics",
            external_task_id="load",
            allowed_states=["success"],
            failed_states=["failed", "upstream_failed", "skipped"],
        ),
        HttpSensor(task_id="wait_for_service", http_conn_id="shop_api", endpoint="books", response_check=is_closed),
        SqlSensor(
            task_id="wait_for_row",
            conn_id="warehouse_db",
            sql=f"SELECT count(*) FROM closings WHERE day = '{DAY}'",  # noqa: S608 -- a date that Airflow renders
        ),
    ]
    sensors >> EmptyOperator(task_id="go")


sensor_types()
