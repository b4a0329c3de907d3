"""Puts arguments into default_args that have no effect there."""

# dags: unknown_default_arg
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator

DEFAULTS = {"retries": 2, "retrys": 3, "catchup": False, "google_cloud_conn_id": "for_other_dags"}

with DAG("unknown_default_arg", start_date=datetime(2024, 1, 1), schedule="@daily", default_args=DEFAULTS):  # expect: unknown-default-arg @here contains "write retries" # expect: unknown-default-arg @here contains "catchup belongs on the DAG"
    BashOperator(task_id="load", bash_command="true")
