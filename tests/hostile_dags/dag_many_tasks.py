"""An Airflow DAG file whose DAG is a chain of 2,000 tasks."""

# dags: dag_many_tasks

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("dag_many_tasks", start_date=datetime(2024, 1, 1), schedule="@daily"):
    previous = BaseOperator(task_id="task_0")
    for number in range(1, 2_000):
        following = BaseOperator(task_id=f"task_{number}")
        previous >> following
        previous = following
# maybe: parse-slow
