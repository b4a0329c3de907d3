"""An Airflow DAG file that calls the shell."""

# dags?: process_system

import os

os.system("sleep 120 & echo started")  # expect: parse-subprocess @here
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("process_system", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
