"""An Airflow DAG file that forks a hundred children, which all stay."""

# dags?: fork_many

import os
import time

for _ in range(100):
    if os.fork() == 0:  # expect: parse-subprocess @here
        time.sleep(120)
        os._exit(0)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("fork_many", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
