"""Imports SubDagOperator, which Airflow 3 no longer has."""

# airflow: >=3
from datetime import datetime

from airflow import DAG
from airflow.operators.subdag import SubDagOperator  # expect: import-error @here contains "TaskGroup"

with DAG("removed_subdag", start_date=datetime(2024, 1, 1), schedule="@daily"):
    SubDagOperator(task_id="load", subdag=DAG("removed_subdag.load", start_date=datetime(2024, 1, 1), schedule="@daily"))
