"""Imports what Airflow 2 no longer has."""

# airflow: <3
from airflow import DAG
from airflow.contrib.operators.ssh_operator import SSHOperator  # expect: import-error @here contains "SSHOperator"

with DAG("removed_import_2", schedule="@daily"):
    SSHOperator(task_id="start")
