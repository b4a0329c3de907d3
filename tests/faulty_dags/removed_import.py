"""Imports what Airflow 3 no longer has."""

# airflow: >=3
from datetime import datetime

from airflow import DAG
from airflow.operators.dummy import DummyOperator  # expect: import-error @here contains "EmptyOperator"

with DAG("removed_import", start_date=datetime(2024, 1, 1), schedule="@daily"):
    DummyOperator(task_id="start")
