"""Has tasks none of which depends on another: meant that way."""

# expect: nothing
# dags: parallel_tasks
from datetime import datetime

from airflow import DAG

from airflow.models import BaseOperator

with DAG("parallel_tasks", start_date=datetime(2024, 1, 1), schedule="@daily"):
    for table in ("orders", "customers"):
        BaseOperator(task_id=table)
