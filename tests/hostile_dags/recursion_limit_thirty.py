"""An Airflow DAG file that leaves thirty frames to itself."""

# dags?: recursion_limit_thirty

import sys

sys.setrecursionlimit(30)
# maybe: import-error
# maybe: import-crash

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("recursion_limit_thirty", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
