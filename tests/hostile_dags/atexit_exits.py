"""An Airflow DAG file that leaves an exit handler behind which turns any status into 0."""

# dags: atexit_exits

import atexit
import os

atexit.register(os._exit, 0)  # expect: parse-side-effect @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("atexit_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
