"""An Airflow DAG file whose child goes on as if it were the worker."""

# dags?: fork_goes_on

import os

child = os.fork()  # expect: parse-subprocess @here
print("parent" if child else "child", flush=True)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("fork_goes_on", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
