"""Makes its DAG inside a function that nobody calls."""

from airflow import DAG
from airflow.models import BaseOperator


def build():  # expect: no-dag @here contains "build"
    with DAG("no_dag_hidden", schedule="@daily") as dag:
        BaseOperator(task_id="load")
    return dag
