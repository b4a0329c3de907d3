"""An Airflow DAG file that leaves a thread behind which keeps clearing the environment."""

# dags: thread_clears_environment

import os
import threading


def clear():
    while True:
        os.environ.clear()


threading.Thread(target=clear).start()  # expect: parse-side-effect @here
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("thread_clears_environment", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
