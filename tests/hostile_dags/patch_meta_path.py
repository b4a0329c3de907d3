"""An Airflow DAG file that puts None in the place of the import hooks."""

# dags: patch_meta_path

import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_meta_path", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

sys.meta_path = None  # expect: parse-side-effect @here
