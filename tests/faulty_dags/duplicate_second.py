"""Uses the id of its neighbour."""

# dags: duplicate
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("duplicate", start_date=datetime(2024, 1, 1), schedule="@daily"):  # expect: duplicate-dag-id @here contains "duplicate_first.py:9"
    BaseOperator(task_id="load")
