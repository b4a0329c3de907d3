"""An Airflow DAG file that takes the functions on paths away."""

# dags: patch_os_path

import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_os_path", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

os.path = None  # expect: parse-side-effect @here
