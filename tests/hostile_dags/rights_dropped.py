"""An Airflow DAG file that gives up the rights of its user, if that is root."""

# maybe: import-error
# dags?: rights_dropped
# maybe: parse-side-effect

import contextlib
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("rights_dropped", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

with contextlib.suppress(OSError):
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
