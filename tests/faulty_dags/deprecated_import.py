"""Imports what Airflow 3 calls deprecated."""

# airflow: >=3
# dags: deprecated_import
from datetime import datetime

from airflow import DAG
from airflow.operators.empty import EmptyOperator  # expect: deprecated-api @here contains "airflow.providers.standard.operators.empty"

with DAG("deprecated_import", start_date=datetime(2024, 1, 1), schedule="@daily"):
    EmptyOperator(task_id="start")
