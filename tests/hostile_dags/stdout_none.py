"""An Airflow DAG file that removes Python's streams."""

# dags: stdout_none

import sys

sys.stdout = sys.stderr = sys.stdin = sys.__stdout__ = sys.__stderr__ = None

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("stdout_none", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
