"""An Airflow DAG file whose DAG is a circle of 2,000 tasks."""

# dags?: dag_cycle

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("dag_cycle", start_date=datetime(2024, 1, 1), schedule="@daily"):  # expect: cycle contains "task_1"
    tasks = [BaseOperator(task_id=f"task_{number}") for number in range(2_000)]
    for upstream, downstream in zip(tasks, tasks[1:] + tasks[:1]):
        upstream.set_downstream(downstream)
