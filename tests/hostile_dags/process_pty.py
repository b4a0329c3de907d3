"""An Airflow DAG file that forks with a terminal of its own."""

# dags?: process_pty

import os
import time

child, terminal = os.forkpty()  # expect: parse-subprocess @here
if child == 0:
    time.sleep(120)
    os._exit(0)
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("process_pty", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
