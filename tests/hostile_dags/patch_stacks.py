"""An Airflow DAG file that replaces a number of dagcheck's own."""

# dags?: patch_stacks

import dagcheck.probe.stacks

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_stacks", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

dagcheck.probe.stacks.INTERVAL = None
# expect: import-crash|parse-side-effect
