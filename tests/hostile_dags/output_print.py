"""An Airflow DAG file that prints twenty megabytes."""

# dags: output_print

for _ in range(20_000):
    print("x" * 1_000)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("output_print", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
