"""An Airflow DAG file that turns every file the process has open into /dev/null."""

# dags?: descriptors_replaced

import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("descriptors_replaced", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

null = os.open(os.devnull, os.O_RDWR)
for descriptor in map(int, os.listdir("/dev/fd")):
    if descriptor != null:
        os.dup2(null, descriptor)
# expect: import-crash|import-error|import-timeout|parse-side-effect
