"""Gives a DAG an argument that Airflow 3 no longer takes."""

# airflow: >=3
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("removed_argument", start_date=datetime(2024, 1, 1), schedule_interval="@daily"):  # expect: import-error @here contains "schedule"
    BaseOperator(task_id="load")
