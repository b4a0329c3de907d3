"""Names a task by chance."""

# dags: unstable_random
import random
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("unstable_random", start_date=datetime(2024, 1, 1), schedule="@daily"):  # expect: unstable-dag @near
    BaseOperator(task_id=f"load_{random.randrange(10**9)}")
