"""An Airflow DAG file whose branch ends the process, and says that all is well."""

# dags: sweep_exits
import os
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator


def by_day(logical_date):
    os._exit(0)  # expect: branch-raises @here contains "ends its process with status 0"


with DAG("sweep_exits", start_date=datetime(2024, 1, 1), schedule="@weekly"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    choose >> [EmptyOperator(task_id="a"), EmptyOperator(task_id="b")]
