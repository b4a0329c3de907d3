"""An Airflow DAG file that forks in C, where Python sees nothing; the child goes on as the worker."""

# dags?: fork_unseen

import ctypes

ctypes.CDLL(None).fork()
# maybe: parse-subprocess
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("fork_unseen", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
