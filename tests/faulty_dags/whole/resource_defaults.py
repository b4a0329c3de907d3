"""Limits a DAG from within default_args, where only the tasks look."""

# dags: resource_defaults
from datetime import datetime, timedelta

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:
    from airflow.operators.bash import BashOperator

LIMITS = {"retries": 2, "execution_timeout": timedelta(hours=2), "max_active_runs": 1}

with DAG("resource_defaults", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False, default_args=LIMITS):  # expect: unknown-default-arg @here contains "max_active_runs belongs on the DAG"
    BashOperator(task_id="load", bash_command="true")
