"""An Airflow DAG file whose branch asks the network."""

# dags: sweep_network
import socket
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator


def by_day(logical_date):
    socket.create_connection(("db.internal", 5432), timeout=3)


with DAG("sweep_network", start_date=datetime(2024, 1, 1), schedule="@weekly"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)  # expect: branch-undecided @here contains "asks the network"
    choose >> [EmptyOperator(task_id="a"), EmptyOperator(task_id="b")]
