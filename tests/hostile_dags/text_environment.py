"""An Airflow DAG file that sets an environment variable that is no text."""

# dags: text_environment

import os

os.environb[b"BAD_\xff\x1b[2J"] = b"\xfe\n"  # expect: parse-side-effect @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("text_environment", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
