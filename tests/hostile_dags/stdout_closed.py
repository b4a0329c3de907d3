"""An Airflow DAG file that closes Python's streams."""

# dags: stdout_closed
# maybe: parse-side-effect

import os
import sys

sys.stdout.close()
sys.stderr.close()
os.close(1)
os.close(2)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("stdout_closed", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
