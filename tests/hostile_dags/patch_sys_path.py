"""An Airflow DAG file whose list of import folders is no list."""

# dags: patch_sys_path

import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_sys_path", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

sys.path = 5  # expect: parse-side-effect @near
