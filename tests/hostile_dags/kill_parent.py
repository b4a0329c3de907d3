"""An Airflow DAG file that kills the process that started its own."""

# dags?: kill_parent

import os
import signal

os.kill(os.getppid(), signal.SIGKILL)  # expect: parse-subprocess @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("kill_parent", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
