"""An Airflow DAG file that starts a program by posix_spawn."""

# dags?: process_spawn

import os

os.posix_spawn("/bin/sleep", ["sleep", "120"], {})  # expect: parse-subprocess @here
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("process_spawn", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
