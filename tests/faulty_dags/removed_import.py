"""Imports what Airflow 3 no longer has."""

# airflow: >=3
from airflow import DAG
from airflow.operators.dummy import DummyOperator  # expect: import-error @here contains "EmptyOperator"

with DAG("removed_import", schedule="@daily"):
    DummyOperator(task_id="start")
