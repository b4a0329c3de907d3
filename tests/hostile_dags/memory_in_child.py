"""An Airflow DAG file whose child hoards the memory, while the file itself waits."""

# dags?: memory_in_child

import os

child = os.fork()  # expect: parse-subprocess @here
if child == 0:
    hoard = b"x" * (3 << 30)
    os._exit(0)
os.waitpid(child, 0)
# maybe: import-crash

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("memory_in_child", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
