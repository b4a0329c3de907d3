"""An Airflow DAG file that clears the environment."""

# dags: clear_environment

import os

os.environ.clear()  # expect: parse-side-effect @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("clear_environment", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
