"""Forgets one dependency."""

# dags: isolated_task
from datetime import datetime

from airflow import DAG

from airflow.models import BaseOperator

with DAG("isolated_task", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="extract") >> BaseOperator(task_id="load")
    BaseOperator(task_id="notify")  # expect: isolated-task @here contains "isolated_task.notify"
