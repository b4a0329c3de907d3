"""An Airflow DAG file that leaves a program running."""

# dags?: process_left

import subprocess

subprocess.Popen(["sleep", "120"], start_new_session=True)  # expect: parse-subprocess @here
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("process_left", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
