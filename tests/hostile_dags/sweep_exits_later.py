"""An Airflow DAG file whose branch raises SystemExit on a date far away."""

# dags: sweep_exits_later
import sys
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator


def by_day(logical_date):
    if logical_date.month == 6:
        sys.exit(0)  # expect: branch-raises @here contains "SystemExit"
    return "a" if logical_date.day < 9 else "b"


with DAG("sweep_exits_later", start_date=datetime(2024, 1, 1), schedule="@weekly"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    choose >> [EmptyOperator(task_id="a"), EmptyOperator(task_id="b")]
