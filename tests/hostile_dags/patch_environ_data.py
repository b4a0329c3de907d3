"""An Airflow DAG file that empties the environment from within."""

# dags: patch_environ_data

import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_environ_data", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

os.environ._data = None  # expect: parse-side-effect @near # maybe: import-error
