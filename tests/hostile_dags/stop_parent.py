"""An Airflow DAG file that stops the process that started its own, and its group."""

# dags?: stop_parent

import os
import signal

os.kill(os.getppid(), signal.SIGSTOP)  # expect: parse-subprocess @here
os.killpg(0, signal.SIGSTOP)
# maybe: parse-subprocess

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("stop_parent", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
