"""Imports what Airflow 2 no longer has."""

# airflow: <3
from datetime import datetime

from airflow import DAG
from airflow.contrib.operators.ssh_operator import SSHOperator  # expect: import-error @here contains "SSHOperator"
# maybe: deprecated-api
# maybe: deprecated-api

with DAG("removed_import_2", start_date=datetime(2024, 1, 1), schedule="@daily"):
    SSHOperator(task_id="start")
