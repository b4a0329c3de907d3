"""An Airflow DAG file that replaces datetime."""

# dags?: patch_datetime

import datetime as clock

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_datetime", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


class Stopped(clock.datetime):
    @classmethod
    def now(cls, tz=None):
        raise RuntimeError("no time")

    utcnow = today = now


clock.datetime = Stopped
clock.timedelta = clock.date = None
# maybe: parse-side-effect
