"""An Airflow DAG file whose branch crashes the process."""

# dags: sweep_segfault
import ctypes
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator


def by_day(logical_date):
    ctypes.string_at(0)  # expect: branch-raises @here contains "signal 11"


with DAG("sweep_segfault", start_date=datetime(2024, 1, 1), schedule="@weekly"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    choose >> [EmptyOperator(task_id="a"), EmptyOperator(task_id="b")]
