"""An Airflow DAG file that leaves a signal handler behind."""

# dags: handlers_left

import signal

signal.signal(signal.SIGTERM, lambda number, frame: None)  # expect: parse-side-effect @here contains "SIGTERM"

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("handlers_left", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
