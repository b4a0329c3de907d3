"""Makes its DAG inside a function that nobody calls."""

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator


def build():  # expect: no-dag @here contains "build"
    with DAG("no_dag_hidden", start_date=datetime(2024, 1, 1), schedule="@daily") as dag:
        BaseOperator(task_id="load")
    return dag
