"""An Airflow DAG file whose branch takes all the memory that it can get."""

# dags: sweep_memory
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator


def by_day(logical_date):
    blocks = []
    while True:  # expect: branch-raises @near
        blocks.append(bytearray(1 << 24))


with DAG("sweep_memory", start_date=datetime(2024, 1, 1), schedule="@weekly"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    choose >> [EmptyOperator(task_id="a"), EmptyOperator(task_id="b")]
