"""An Airflow DAG file that reads whatever comes in."""

# dags: read_stdin

import os
import sys

rows = sys.stdin.read()
rest = os.read(0, 1)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("read_stdin", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
