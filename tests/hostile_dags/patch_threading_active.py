"""An Airflow DAG file that takes the list of threads away."""

# dags: patch_threading_active

import threading

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_threading_active", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

threading._active = None  # expect: parse-side-effect @here
