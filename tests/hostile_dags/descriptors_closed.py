"""An Airflow DAG file that closes every file the process has open."""

# dags?: descriptors_closed

import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("descriptors_closed", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

os.closerange(0, 4096)
# expect: import-crash|import-error|parse-side-effect
