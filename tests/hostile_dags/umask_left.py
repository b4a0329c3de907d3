"""An Airflow DAG file whose umask makes every new file unreadable."""

# dags: umask_left

import os

os.umask(0o777)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("umask_left", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
