"""An Airflow DAG file that kills its parent in C, where Python sees nothing."""

# dags?: kill_by_c

import ctypes
import os

ctypes.CDLL(None).kill(os.getppid(), 9)
# maybe: import-crash
# maybe: parse-subprocess

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("kill_by_c", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
