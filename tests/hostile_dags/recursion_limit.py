"""An Airflow DAG file that leaves hardly any stack to whoever comes after it."""

# dags?: recursion_limit

import inspect
import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("recursion_limit", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

sys.setrecursionlimit(len(inspect.stack()) + 12)
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
