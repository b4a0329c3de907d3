"""An Airflow DAG file that writes twenty megabytes to stderr, without a line end."""

# dags: output_stderr

import sys

for _ in range(20_000):
    sys.stderr.write("x" * 1_000)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("output_stderr", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
