"""Uses an argument that Airflow 2 calls deprecated."""

# airflow: <3
# dags: deprecated_argument
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("deprecated_argument", start_date=datetime(2024, 1, 1), schedule_interval="@daily"):  # expect: deprecated-api @here contains "schedule"
    BaseOperator(task_id="load")
