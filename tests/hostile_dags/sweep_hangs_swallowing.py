"""An Airflow DAG file whose branch does not return, whatever is raised in it."""

# dags: sweep_hangs_swallowing
import select
import signal
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator


def by_day(logical_date):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:  # expect: branch-raises @near contains "does not return"
        try:
            select.select((), (), (), 0.01)
        except BaseException:
            pass


with DAG("sweep_hangs_swallowing", start_date=datetime(2024, 1, 1), schedule="@weekly"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    choose >> [EmptyOperator(task_id="a"), EmptyOperator(task_id="b")]
