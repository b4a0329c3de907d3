"""An Airflow DAG file that writes twenty megabytes past Python's own streams."""

# dags: output_descriptors

import os

for descriptor in (1, 2):
    for _ in range(10):
        rest = b"x" * 1_000_000
        while rest:
            rest = rest[os.write(descriptor, rest) :]

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("output_descriptors", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
