"""An Airflow DAG file that takes the kept source lines away."""

# dags: patch_linecache

import linecache

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_linecache", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

linecache.cache = None  # expect: parse-side-effect @here
