"""An Airflow DAG file that replaces the separator of paths."""

# dags: patch_os_sep

import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_os_sep", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

os.sep = None  # expect: parse-side-effect @here
